"""Webhooks out: telling a merchant's other systems what happened, signed, again and again until they have heard it."""
