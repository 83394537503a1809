"""What happens to a case. Only these write."""
