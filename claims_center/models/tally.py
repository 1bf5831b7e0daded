"""Counts of claims and visits by day: rows that say what changed, and the sums that they were added to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenancy.base import MerchantModel

KINDS = ("claim", "visit", "waiting")
DIMENSIONS = ("all", "funnel", "product", "marketplace")
SPANS = ("day", "month", "ever")


class TallyState(MerchantModel):
    """By which time zone the merchant's sums were made, and which generation of them counts.

    Sums of another zone than the merchant's are not read: until they are made anew, figures are counted live.
    """

    zone = models.CharField(max_length=60)
    generation = models.PositiveIntegerField(default=0)
    rebuilt_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant"], name="tally_state_once")]

    def __str__(self) -> str:
        return f"{self.zone} {self.generation}"


class TallyChange(MerchantModel):
    """So many claims or visits more, or fewer, of one kind: not yet part of a sum.

    A claim counts at the time of its submission and, once processed, at `done_at`; a visit at its beginning; a change
    of how many wait at the time of the change. `flag`: the claim was shared, the visit went on to the first step.
    """

    CLAIM, VISIT, WAITING = KINDS

    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    funnel_ref = models.UUIDField(null=True)
    product_ref = models.UUIDField(null=True)
    marketplace = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=20, blank=True)
    flag = models.BooleanField(default=False)
    number = models.IntegerField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="tally_change_kind_known"),
            models.CheckConstraint(condition=~Q(number=0), name="tally_change_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number:+}"


class ClaimTally(MerchantModel):
    """The sums of one day, month, or of all time (`day` is its first), over all or for one campaign, product, marketplace.

    States, `redirected`, `visited` and `started` count by the day that claims came in and visits began; `took_minutes`
    with `took_numbers` by the day of processing: how many claims took so many minutes (see `MINUTES`). `waiting` is by
    how many more claims wait at the end of the day than at its beginning.
    """

    generation = models.PositiveIntegerField()
    dimension = models.CharField(max_length=12)
    key = models.CharField(max_length=36, blank=True)
    span = models.CharField(max_length=5)
    day = models.DateField()
    new = models.IntegerField(default=0)
    needs_info = models.IntegerField(default=0)
    verified = models.IntegerField(default=0)
    processed = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    redirected = models.IntegerField(default=0)
    visited = models.IntegerField(default=0)
    started = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    took_minutes = ArrayField(models.IntegerField(), default=list)
    took_numbers = ArrayField(models.IntegerField(), default=list)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "generation", "dimension", "span", "day", "key"], name="claim_tally_once"
            ),
            models.CheckConstraint(condition=Q(dimension__in=DIMENSIONS), name="claim_tally_dimension_known"),
            models.CheckConstraint(condition=Q(span__in=SPANS), name="claim_tally_span_known"),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.key} {self.span} {self.day}"
