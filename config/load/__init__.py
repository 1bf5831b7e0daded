"""Synthetic volume: merchants with as many customers and claims as wanted, whose books add up."""
