"""What was done to a claim, and what staff wrote about it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_center.models.claim import Claim
from claims_center.states import Event
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.search import SearchToken


class ClaimChange(MerchantModel):
    """One act: who, when, from, to, why. Append-only: the application may blank `reason` and `detail`, nothing else.

    `seq` runs from 1 without gaps. `entry_id` is the ledger's entry of the same act, where it has one.
    """

    claim = MerchantForeignKey(Claim, on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=40, choices=Event.choices)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)
    entry_id = models.UUIDField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "claim", "seq"], name="claim_change_seq_once"),
            models.CheckConstraint(condition=Q(event__in=Event.values), name="claim_change_event_known"),
        ]
        indexes = [models.Index(fields=["merchant", "at", "id"], name="claim_change_by_time")]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"


class ClaimNote(MerchantModel):
    """A note of the merchant's staff; the customer never sees it."""

    claim = MerchantForeignKey(Claim, on_delete=models.CASCADE, related_name="notes")
    op_key = models.CharField(max_length=64)
    text = models.TextField(_("Note"), max_length=4000)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "claim", "op_key"], name="claim_note_once"),
            models.CheckConstraint(condition=~Q(text=""), name="claim_note_has_text"),
        ]
        indexes = [models.Index(fields=["merchant", "claim", "at"], name="claim_note_of_claim")]

    def __str__(self) -> str:
        return self.text[:60]


class ClaimToken(SearchToken):
    """A word under which a claim is found: name, e-mail, phone, order number, code."""

    row = MerchantForeignKey(Claim, on_delete=models.CASCADE, related_name="tokens")

    class Meta(SearchToken.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["merchant", "token", "row"], name="claim_token_once")]
        indexes = [models.Index(fields=["merchant", "row", "token"], name="claim_token_row")]
