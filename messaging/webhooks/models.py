"""Endpoints, what was sent to them, each attempt, and how far the journal has been told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from messaging.webhooks.states import OffReason, Status
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.places import Place


class WebhookEndpoint(MerchantModel):
    """An address of the merchant's own choosing, and what it wants to hear.

    ``secret`` and ``old_secret`` are encrypted; the old one signs too until ``old_secret_until``. ``from_xid`` is the
    number of the transaction that switched it on last, at ``from_at`` by the server's clock: it hears of what was
    written from then on. A removed endpoint stays for its log, without secrets.
    """

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=60))
    secret = models.TextField(blank=True)
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, choices=OffReason.choices, blank=True)
    off_at = models.DateTimeField(null=True)
    from_xid = models.BigIntegerField()
    from_at = models.DateTimeField(null=True)
    # How it goes: failures in a row, since when nothing was delivered, until when it is left alone.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(removed_at__isnull=True) | Q(secret=""), name="webhook_removed_bare"),
            models.CheckConstraint(condition=~Q(url="") & ~Q(name=""), name="webhook_named"),
            models.CheckConstraint(condition=Q(off_reason__in=OffReason.values), name="webhook_off_known"),
            models.CheckConstraint(
                condition=Q(is_active=True, off_reason="", removed_at__isnull=True) | Q(is_active=False),
                name="webhook_off_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at", "-id"], name="webhook_newest"),
            models.Index(fields=["merchant", "name", "id"], name="webhook_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(MerchantModel):
    """One message to one endpoint: the outbox, and afterwards the log. ``body`` never changes, nor does the id sent.

    ``entry_id`` is the journal's entry that it tells of, once for each endpoint; a test has none. ``sending_at`` is when
    an attempt was begun whose answer is not written down: it is on its way, or its worker is gone.
    """

    endpoint = MerchantForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=60)
    entry_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=40, blank=True)
    next_at = models.DateTimeField(null=True)
    sending_at = models.DateTimeField(null=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "endpoint", "entry_id"],
                condition=Q(entry_id__isnull=False),
                name="webhook_delivery_once",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="webhook_delivery_known"),
            models.CheckConstraint(
                condition=Q(status=Status.WAITING, ended_at__isnull=True)
                | (~Q(status=Status.WAITING) & Q(ended_at__isnull=False)),
                name="webhook_delivery_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at", "-id"], name="delivery_newest"),
            models.Index(fields=["merchant", "endpoint", "-created_at", "-id"], name="delivery_of_endpoint"),
            models.Index(fields=["merchant", "status", "-created_at", "-id"], name="delivery_by_status"),
            models.Index(fields=["merchant", "event", "id"], name="delivery_sort_event"),
            models.Index(fields=["merchant", "status", "id"], name="delivery_sort_status"),
            models.Index(fields=["merchant", "attempts", "id"], name="delivery_sort_attempts"),
            models.Index(fields=["merchant", "subject_id"], name="delivery_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"

    @property
    def message_id(self) -> str:
        """Return the id that the receiver sees, the same at every attempt."""
        return f"msg_{self.id.hex}"


class WebhookAttempt(MerchantModel):
    """One request that was made, and its answer as far as it is kept; only ever added."""

    delivery = MerchantForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    url = models.CharField(max_length=500)
    request_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=40, blank=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["merchant", "delivery", "at", "id"], name="webhook_attempts_in_order")]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"


class WebhookCursor(Place):
    """How far the merchant's journal has been told: everything up to this place, in the order of its writing."""

    xid = models.BigIntegerField(default=0)
    entry_id = models.UUIDField(null=True)

    class Meta(Place.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant"], name="webhook_cursor_once")]

    def __str__(self) -> str:
        return str(self.xid)
