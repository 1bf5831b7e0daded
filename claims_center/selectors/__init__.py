"""What others read of this room."""
