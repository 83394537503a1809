"""All that is written about visits."""
