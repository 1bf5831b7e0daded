"""Two tables that only the tests of the interface know, in a registry of their own."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import models

registry = Apps()


class Shop(models.Model):
    """The other side of a join."""

    name = models.CharField(max_length=80)

    objects: ClassVar[models.Manager["Shop"]] = models.Manager()

    class Meta:
        apps = registry
        app_label = "gallery"

    def __str__(self) -> str:
        return self.name


class Row(models.Model):
    """A made-up claim."""

    class Status(models.TextChoices):
        NEW = "new", "New"
        VERIFIED = "verified", "Verified"
        PROCESSED = "processed", "Processed"
        NEEDS_INFO = "needs_info", "Needs info"
        REJECTED = "rejected", "Rejected"

    TONES: ClassVar[dict[str, tuple[str, str]]] = {
        "new": ("info", "sparkles"),
        "verified": ("warn", "shield-check"),
        "processed": ("ok", "circle-check"),
        "needs_info": ("mute", "circle-question-mark"),
        "rejected": ("bad", "circle-x"),
    }

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="rows")
    name = models.CharField(max_length=80)
    email = models.CharField(max_length=120)
    product = models.CharField(max_length=80)
    sku = models.CharField(max_length=40)
    status = models.CharField(max_length=20, choices=Status)
    rating = models.IntegerField()
    amount = models.IntegerField()
    code = models.CharField(max_length=20)
    order_number = models.CharField(max_length=40)
    redirected = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    bought_on = models.DateField()

    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        apps = registry
        app_label = "gallery"

    def __str__(self) -> str:
        return self.name
