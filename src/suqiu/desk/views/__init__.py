"""Pages: parse, one query or action, respond."""
