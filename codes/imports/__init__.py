"""Files of codes."""
