"""One visit to a funnel's page, step by step."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_center.models.funnel import Funnel
from claims_center.models.product import Product
from tenancy.base import MerchantForeignKey, MerchantModel


class Step(models.TextChoices):
    """The steps of a funnel's page; a journey has one time for each."""

    VISITED = "visited", _("Opened the page")
    STARTED = "started", _("Chose the product")
    ORDER = "order", _("Gave the order number")
    FEEDBACK = "feedback", _("Gave rating and feedback")
    CONTACT = "contact", _("Reached contact details")
    SUBMITTED = "submitted", _("Submitted the claim")
    SHARED = "shared", _("Pressed Share")


class Via(models.TextChoices):
    """How a visitor found the page."""

    INSERT = "insert", _("Product insert")
    LINK = "link", _("Link")
    DIRECT = "direct", _("Direct")


class Journey(MerchantModel):
    """When a visitor reached each step. `draft` holds what was typed so far; it is emptied when the claim comes in.

    `product` is the one that was chosen. `remind_at` is there where the visitor asked for a reminder, `reminded_at`
    once it was put into the outbox.
    """

    funnel = MerchantForeignKey(Funnel, on_delete=models.PROTECT, related_name="journeys")
    via = models.CharField(max_length=8, choices=Via.choices, default=Via.DIRECT, db_default=Via.DIRECT)
    product = MerchantForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    visited_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    order_at = models.DateTimeField(null=True)
    feedback_at = models.DateTimeField(null=True)
    contact_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    shared_at = models.DateTimeField(null=True)
    draft = models.JSONField(default=dict, blank=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(via__in=Via.values), name="journey_via_known")]
        indexes = [
            # Counting each campaign's visits, and those that went on, reads these alone; many alike, they are small.
            models.Index(fields=["merchant", "funnel"], name="journey_visits"),
            models.Index(fields=["merchant", "funnel"], condition=Q(started_at__isnull=False), name="journey_started"),
            # Counting a campaign's steps over a period reads this one alone.
            models.Index(
                fields=["merchant", "funnel", "visited_at"],
                include=[
                    "via",
                    "product",
                    "started_at",
                    "order_at",
                    "feedback_at",
                    "contact_at",
                    "submitted_at",
                    "shared_at",
                ],
                name="journey_of_funnel",
            ),
            models.Index(
                fields=["merchant", "visited_at"],
                include=["funnel", "started_at", "submitted_at", "shared_at"],
                name="journey_by_day",
            ),
            models.Index(fields=["merchant", "visited_at", "id"], condition=~Q(draft={}), name="journey_with_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.funnel_id} {self.visited_at:%Y-%m-%d %H:%M}"

    def steps(self) -> list[tuple[Step, object]]:
        """Return the steps that were reached with their times, earliest first."""
        reached = [(step, getattr(self, f"{step.value}_at")) for step in Step]
        return sorted(((step, at) for step, at in reached if at is not None), key=lambda pair: pair[1])


class ReminderRefusal(MerchantModel):
    """An address whose owner wants no reminders of this merchant's funnels; mails about claims go on."""

    email_norm = models.CharField(max_length=254)
    created_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "email_norm"], name="reminder_refusal_once"),
            models.CheckConstraint(condition=~Q(email_norm=""), name="reminder_refusal_has_address"),
        ]

    def __str__(self) -> str:
        return str(self.id)
