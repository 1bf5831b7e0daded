"""Synthetic claims with everything that belongs to them."""
