"""A response of a member to an offer, its history, and the words under which it is found."""

from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from offers.models.offer import Offer
from offers.states import CLOSED, OPEN, WAITING, Event, OfferType, Source, Status
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.changes import ChangeField
from tenancy.search import SearchToken
from tenancy.words import IsOneOf

NOT_YET = "1970-01-01T00:00:00+00:00"
NEVER = "2999-12-31T00:00:00+00:00"
# What the tabs of the list count by, and the usage period: in an index that holds them the table is not read for it.
COUNTED = ["status", "expires_rank"]
PERIOD = ["usage_rank", "usage_from", "usage_weekdays", "usage_minute_from", "usage_minute_to"]


def _rank(column: str, empty: str) -> Any:
    """Return the column with an instant where it is empty, so that lists can be sorted by it."""
    return models.GeneratedField(
        expression=Coalesce(column, Value(empty, output_field=models.DateTimeField())),
        output_field=models.DateTimeField(),
        db_persist=True,
    )


def _newest(column: str, *, name: str, include: list[str]) -> models.Index:
    """Return the index of a filter in the order in which the list opens."""
    return models.Index(fields=["merchant", column, "issued_at", "id"], name=name, include=include)


class OfferResponse(MerchantModel):
    """One response: which member has which offer, the voucher that stands for it, its periods and its status.

    `status` is the label that was stored last; what holds at an instant is `offers.usage`. `status_before` is where a
    closed one stood before; `closed_entry_id` the ledger's entry that closed it. The usage period is `usage_from` until
    before `usage_to`, on the days and hours of `usage_weekdays` (0: no limit), `usage_minute_from` and `usage_minute_to`.
    `reservation` is the fingerprint of the token that a till was given. Columns that begin with `offer_` and `member_`
    are copies that the list sorts by. Only `offers.services` changes one; each change has an OfferChange with the
    number `version`.
    """

    offer = MerchantForeignKey(Offer, on_delete=models.PROTECT, related_name="responses")
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="offer_responses")
    op_key = models.CharField(max_length=120)
    source = models.CharField(_("Source"), max_length=10, choices=Source.choices)
    trigger_entry_id = models.UUIDField(null=True)
    entry_id = models.UUIDField()
    grant = MerchantForeignKey("ledger.Grant", on_delete=models.PROTECT, related_name="+")
    code = MerchantForeignKey("codes.Code", on_delete=models.PROTECT, null=True, related_name="+")
    code_value = models.CharField(_("Certificate code"), max_length=120, blank=True)

    offer_name = models.CharField(_("Offer"), max_length=120)
    offer_type = models.CharField(_("Type"), max_length=20, choices=OfferType.choices)
    needs_clip = models.BooleanField(default=False)
    member_name = models.CharField(_("Member"), max_length=250, blank=True)
    member_email = models.CharField(_("E-mail"), max_length=254, blank=True)

    status = models.CharField(_("Processing status"), max_length=10, choices=Status.choices)
    status_before = models.CharField(max_length=10, choices=Status.choices, blank=True)
    issued_at = models.DateTimeField(_("Issued"))
    usage_from = models.DateTimeField(null=True)
    usage_to = models.DateTimeField(null=True)
    usage_weekdays = models.PositiveSmallIntegerField(default=0)
    usage_minute_from = models.PositiveSmallIntegerField(default=0)
    usage_minute_to = models.PositiveSmallIntegerField(default=1440)
    expires_at = models.DateTimeField(_("Expires"), null=True)
    clipped_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(_("Completed"), null=True)
    closed_at = models.DateTimeField(null=True)
    closed_entry_id = models.UUIDField(null=True)
    reference = models.CharField(_("Purchase"), max_length=120, blank=True)
    amount = models.DecimalField(_("Amount"), max_digits=14, decimal_places=2, null=True)
    reserved_until = models.DateTimeField(null=True)
    reservation = models.CharField(max_length=64, blank=True)
    ship_to = models.JSONField(null=True)
    shipped_at = models.DateTimeField(null=True)
    carrier = models.CharField(_("Carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("Tracking number"), max_length=80, blank=True)

    usage_rank = _rank("usage_to", NEVER)
    expires_rank = _rank("expires_at", NEVER)
    completed_rank = _rank("completed_at", NOT_YET)
    version = models.PositiveIntegerField(default=0)
    change_xid = ChangeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "op_key"], name="response_once"),
            models.UniqueConstraint(fields=["merchant", "grant"], name="response_grant_once"),
            models.UniqueConstraint(
                fields=["merchant", "code"], condition=Q(code__isnull=False), name="response_code_once"
            ),
            # A trigger answers one act of the member once.
            models.UniqueConstraint(
                fields=["merchant", "offer", "trigger_entry_id"],
                condition=Q(trigger_entry_id__isnull=False),
                name="response_trigger_once",
            ),
            models.CheckConstraint(condition=IsOneOf("source", Source.values), name="response_source_is_known"),
            models.CheckConstraint(condition=IsOneOf("offer_type", OfferType.values), name="response_type_is_known"),
            models.CheckConstraint(
                condition=Q(
                    IsOneOf("status", OPEN), status_before="", closed_at__isnull=True, closed_entry_id__isnull=True
                )
                | Q(
                    IsOneOf("status", CLOSED),
                    IsOneOf("status_before", OPEN),
                    closed_at__isnull=False,
                    closed_entry_id__isnull=False,
                ),
                name="response_closed_by_entry",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.COMPLETED, completed_at__isnull=False)
                | ~Q(status=Status.COMPLETED) & Q(completed_at__isnull=True),
                name="response_completed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLIPPED) | Q(clipped_at__isnull=False), name="response_clipped_has_time"
            ),
            models.CheckConstraint(
                condition=Q(reserved_until__isnull=True, reservation="")
                | Q(IsOneOf("status", WAITING), reserved_until__isnull=False) & ~Q(reservation=""),
                name="response_reserved_is_waiting",
            ),
            models.CheckConstraint(
                condition=Q(usage_from__isnull=True) | Q(usage_to__isnull=True) | Q(usage_to__gt=F("usage_from")),
                name="response_usage_in_order",
            ),
        ]
        indexes = [
            # One for each column that the list sorts by ...
            models.Index(fields=["merchant", "issued_at", "id"], name="response_by_time", include=[*COUNTED, *PERIOD]),
            models.Index(fields=["merchant", "offer_name", "id"], name="response_by_offer"),
            models.Index(fields=["merchant", "offer_type", "id"], name="response_by_type"),
            models.Index(fields=["merchant", "member_name", "id"], name="response_by_member"),
            models.Index(fields=["merchant", "code_value", "id"], name="response_by_code"),
            models.Index(fields=["merchant", "usage_rank", "id"], name="response_by_usage"),
            models.Index(fields=["merchant", "status", "id"], name="response_by_status"),
            models.Index(fields=["merchant", "expires_rank", "id"], name="response_by_end"),
            models.Index(fields=["merchant", "completed_rank", "id"], name="response_by_completion"),
            models.Index(fields=["merchant", "source", "id"], name="response_by_source"),
            # ... and one for each filter in the order in which the list opens.
            _newest("offer", name="response_offer_new", include=COUNTED),
            _newest("offer_type", name="response_type_new", include=COUNTED),
            _newest("status", name="response_status_new", include=["expires_rank", *PERIOD]),
            _newest("source", name="response_source_new", include=COUNTED),
            _newest("customer", name="response_of_member", include=COUNTED),
            # What waits, by its end.
            models.Index(fields=["merchant", "status", "expires_rank", "id"], name="response_status_end"),
            # What the jobs look for: responses whose validity has ended, reservations that have lapsed.
            models.Index(
                fields=["merchant", "expires_at"],
                condition=Q(status__in=WAITING, expires_at__isnull=False),
                name="response_to_expire",
            ),
            models.Index(
                fields=["merchant", "reserved_until"],
                condition=Q(reserved_until__isnull=False),
                name="response_to_release",
            ),
            models.Index(fields=["merchant", "change_xid", "id"], name="response_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_name} {self.issued_at:%Y-%m-%d}"


class OfferChange(MerchantModel):
    """One act on a response. Append-only: the application may blank `reason` and `detail`, nothing else.

    `op_key` is the caller's own name of the act, so that a repeated request does it once; "" where it gave none.
    """

    response = MerchantForeignKey(OfferResponse, on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=40, choices=Event.choices)
    from_status = models.CharField(max_length=10, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=10, choices=Status.choices)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)
    op_key = models.CharField(max_length=120, blank=True)
    entry_id = models.UUIDField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "response", "seq"], name="response_change_once"),
            models.UniqueConstraint(
                fields=["merchant", "response", "op_key"], condition=~Q(op_key=""), name="response_change_op_once"
            ),
            models.CheckConstraint(condition=IsOneOf("event", Event.values), name="response_change_event_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"


class OfferToken(SearchToken):
    """A word under which a response is found: offer, code, member's name, e-mail, phone, card number."""

    row = MerchantForeignKey(OfferResponse, on_delete=models.CASCADE, related_name="tokens")

    class Meta(SearchToken.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["merchant", "token", "row"], name="response_token_once")]
        indexes = [models.Index(fields=["merchant", "row", "token"], name="response_token_of_row")]
