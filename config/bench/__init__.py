"""Benchmarks: the product and its floor, the same work by the barest means, measured side by side in one run."""
