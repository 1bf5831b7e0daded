"""Rewards that customers redeem for points."""
