"""Paying cashback through a provider: what one is asked, what it answers, and the adapters."""
