"""What the customers' own pages keep: links to sign in by, who is signed in, and who asked to be forgotten."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenancy.base import MerchantForeignKey, MerchantModel


class SignInLink(MerchantModel):
    """A link by which whoever reads a mailbox signs in: once, before `expires_at` (UTC). Only its hash is kept.

    A row is made for whatever address was typed, so that nobody learns from our answer whether it is known. The job
    that sends the mail writes the customer in, or takes the row away where nobody has this address.
    """

    address = models.CharField(max_length=254)
    token_hash = models.CharField(max_length=64)
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "token_hash"], name="sign_in_link_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("requested_at")), name="sign_in_link_has_time"),
        ]
        indexes = [
            models.Index(fields=["merchant", "customer"], name="sign_in_link_of"),
            models.Index(fields=["merchant", "expires_at"], name="sign_in_link_age"),
        ]


class ClientSession(MerchantModel):
    """A customer signed in on one browser, until `expires_at` (UTC) or until somebody ends it."""

    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=120, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("began_at")), name="client_session_has_time"),
        ]
        indexes = [
            models.Index(fields=["merchant", "customer"], name="client_session_of"),
            models.Index(fields=["merchant", "expires_at"], name="client_session_age"),
        ]


class ErasureState(models.TextChoices):
    """What became of a wish to be forgotten."""

    WAITING = "waiting", _("Waiting")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")


class ErasureRequest(MerchantModel):
    """A customer's wish to be forgotten; the staff decide. `customer_name` is a copy that the list sorts by."""

    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="erasure_requests")
    customer_name = models.CharField(_("Customer"), max_length=254, blank=True)
    note = models.CharField(_("Note"), max_length=500, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=ErasureState.choices, default=ErasureState.WAITING)
    requested_at = models.DateTimeField(_("Asked"))
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    answer = models.CharField(_("Answer"), max_length=500, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "customer"], condition=Q(state="waiting"), name="erasure_asked_once"
            ),
            models.CheckConstraint(condition=Q(state__in=ErasureState.values), name="erasure_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="erasure_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "requested_at", "id"], name="erasure_newest"),
            models.Index(fields=["merchant", "customer_name", "id"], name="erasure_by_name"),
            models.Index(fields=["merchant", "state", "id"], name="erasure_by_state"),
        ]
