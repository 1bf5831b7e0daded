"""The settings of a merchant, for its owners."""
