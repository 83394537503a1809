"""What happens to a meeting. Only these write."""
