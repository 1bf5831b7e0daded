"""Rate limits, kept in PostgreSQL so that they neither open nor close when the queue's server is away."""

from django.db import models


class ThrottleBucket(models.Model):
    """A token bucket; its key is a keyed hash, so no address can be read from it."""

    key = models.CharField(max_length=64, primary_key=True)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
