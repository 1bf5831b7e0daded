"""Synthetic offer responses: the offers, what becomes of each response, and what stands in which table because of it."""
