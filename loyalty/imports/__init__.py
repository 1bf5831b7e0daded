"""Files of purchases."""
