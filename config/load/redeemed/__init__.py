"""Synthetic redeemed rewards: their catalogue, what becomes of each, and what stands in which table because of it."""
