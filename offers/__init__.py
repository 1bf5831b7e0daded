"""Offers, and what members do with them."""
