"""The settings pages of webhooks."""
