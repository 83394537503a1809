"""What the centre and supervisors from outside do. Only these write."""
