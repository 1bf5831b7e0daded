"""Messages, what happened to them, what providers reported, and whom we write to no more."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, F, Q, Value, When

from messaging.states import PROBLEMS, EventState, Status, SuppressionReason
from messaging.webhooks import models as webhook_models
from tenancy.base import MerchantForeignKey, MerchantModel

__all__ = ["InboundEvent", "MailText", "Message", "MessageEvent", "Suppression", "webhook_models"]


class Message(MerchantModel):
    """One e-mail to one person. The row is the outbox: it is written where it is decided to send.

    ``origin`` and ``origin_id`` name the document it belongs to, ``seq`` counts that document's messages; sending
    again is a new row with the next number, by somebody, for a reason. ``context`` holds what the renderer needs
    beyond the document, never a code.
    """

    origin = models.CharField(max_length=40)
    origin_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    once_key = models.CharField(max_length=120, blank=True)
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="messages")
    to_address = models.CharField(max_length=254)
    to_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    context = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    status_at = models.DateTimeField()
    provider = models.CharField(max_length=40, blank=True)
    provider_message_id = models.CharField(max_length=200, blank=True)
    message_id_header = models.CharField(max_length=200)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)
    actor = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True)
    follows = models.UUIDField(null=True)
    queued_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    # A problem that somebody has looked at, or that a later message has settled.
    is_handled = models.BooleanField(default=False, db_default=False)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=60, blank=True, default="", db_default="")
    handled_note = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "origin", "origin_id", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["merchant", "once_key"], condition=~Q(once_key=""), name="message_once_by_key"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="message_status_known"),
            models.CheckConstraint(condition=~Q(to_address=""), name="message_has_address"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="message_seq_from_one"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-queued_at", "-id"], name="message_newest"),
            models.Index(fields=["merchant", "status", "-queued_at", "-id"], name="message_by_status"),
            models.Index(fields=["merchant", "kind", "-queued_at", "-id"], name="message_by_kind"),
            models.Index(fields=["merchant", "to_address", "id"], name="message_by_address"),
            models.Index(fields=["merchant", "status", "id"], name="message_sort_status"),
            models.Index(fields=["merchant", "kind", "id"], name="message_sort_kind"),
            models.Index(fields=["merchant", "attempts", "id"], name="message_sort_attempts"),
            models.Index(fields=["merchant", "status_at", "id"], name="message_by_change"),
            models.Index(fields=["merchant", "customer", "-queued_at"], name="message_of_customer"),
            models.Index(
                fields=["merchant", "provider_message_id"],
                name="message_by_provider_id",
                condition=~Q(provider_message_id=""),
            ),
            models.Index(
                fields=["merchant", "-queued_at", "-id"],
                name="message_to_look_at",
                condition=Q(status__in=PROBLEMS, is_handled=False),
            ),
            models.Index(fields=["merchant", "follows"], name="message_follows", condition=Q(follows__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.origin}:{self.origin_id} #{self.seq}"


class MessageEvent(MerchantModel):
    """One thing that happened to a message; only ever added."""

    message = MerchantForeignKey(Message, on_delete=models.CASCADE, related_name="events")
    event = models.CharField(max_length=20)
    moved = models.BooleanField()
    detail = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["merchant", "message", "at", "id"], name="message_event_in_order")]

    def __str__(self) -> str:
        return f"{self.event} {self.message_id}"


class InboundEvent(MerchantModel):
    """One report of a provider, kept as it was understood; the same report twice is one row. No personal data."""

    provider = models.CharField(max_length=40)
    dedupe_key = models.CharField(max_length=200)
    event = models.CharField(max_length=20)
    message_ref = models.UUIDField(null=True)
    provider_message_id = models.CharField(max_length=200, blank=True)
    recipient_hash = models.CharField(max_length=64, blank=True)
    reject_reason = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=120, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.NEW)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "provider", "dedupe_key"], name="inbound_event_once"),
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="inbound_event_state_known"),
        ]
        indexes = [models.Index(fields=["merchant", "received_at"], name="inbound_event_age")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event} {self.id}"


# Whether a message closed an address; those that somebody closed by hand come first.
BY_MESSAGE = Case(
    When(message_ref__isnull=True, then=Value(0)), default=Value(1), output_field=models.SmallIntegerField()
)


class Suppression(MerchantModel):
    """An address that a merchant writes to no more."""

    email_norm = models.CharField(max_length=254)
    reason = models.CharField(max_length=15, choices=SuppressionReason.choices)
    message_ref = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "email_norm"], name="suppression_once"),
            models.CheckConstraint(condition=Q(reason__in=SuppressionReason.values), name="suppression_reason_known"),
        ]
        indexes = [
            models.Index(fields=["merchant", "created_at", "id"], name="suppression_newest"),
            models.Index(fields=["merchant", "email_norm", "id"], name="suppression_by_address"),
            models.Index(fields=["merchant", "reason", "id"], name="suppression_by_reason"),
            models.Index(F("merchant"), BY_MESSAGE, F("id"), name="suppression_by_message"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.id}"


class MailText(MerchantModel):
    """A merchant's own words for a kind of mail, and whether it is sent. An empty body means: our words.

    ``version`` counts its changes, so that of two people who change it at once the second one is told.
    """

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=5000, blank=True)
    button = models.CharField(max_length=60, blank=True)
    is_on = models.BooleanField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind"], name="mail_text_once"),
            models.CheckConstraint(condition=Q(body="") | ~Q(subject=""), name="mail_text_has_subject"),
        ]

    def __str__(self) -> str:
        return self.kind
