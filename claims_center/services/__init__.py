"""The verbs of this room: the only code that changes its rows."""
