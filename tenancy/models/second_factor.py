"""Second factors: what was used once is not used again."""

from django.db import models


class UsedCounter(models.Model):
    """The time step of the last one-time code that a person has used; that code and older ones are refused."""

    user_id = models.UUIDField(primary_key=True)
    counter = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.counter}"
