"""What is compared between claims to notice misuse, and what a merchant decided about it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_center.models.claim import Claim
from tenancy.base import MerchantForeignKey, MerchantModel


class SignalKind(models.TextChoices):
    """What two claims may have in common, or one customer may do too often."""

    SAME_NUMBER = "same_number", _("Same order number")
    SAME_ADDRESS = "same_address", _("Same mailing address")
    SAME_PHONE = "same_phone", _("Same phone number")
    EMAIL_ALIAS = "email_alias", _("E-mail address of the same mailbox")
    MANY_CLAIMS = "many_claims", _("Many claims in a short time")


# What is kept as a trait; the order number stands on the claim itself, and claims are counted.
COMPARED = (SignalKind.SAME_ADDRESS, SignalKind.SAME_PHONE, SignalKind.EMAIL_ALIAS)


class ClaimTrait(MerchantModel):
    """One thing by which a claim is compared with those of other customers.

    `token` is a fingerprint of the normalised value: equal values have equal tokens, and the value is not repeated.
    """

    claim = MerchantForeignKey(Claim, on_delete=models.CASCADE, related_name="traits")
    customer_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=SignalKind.choices)
    token = models.CharField(max_length=32)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "claim", "kind"], name="claim_trait_once"),
            models.CheckConstraint(condition=Q(kind__in=COMPARED), name="claim_trait_kind_known"),
            models.CheckConstraint(condition=~Q(token=""), name="claim_trait_has_token"),
        ]
        indexes = [
            models.Index(fields=["merchant", "token", "customer_id", "claim"], name="claim_trait_alike"),
            models.Index(fields=["merchant", "customer_id"], name="claim_trait_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.claim_id}"


class SignalDismissal(MerchantModel):
    """Somebody looked at a signal and found nothing wrong: who, when, why. What comes in later is shown again."""

    claim = MerchantForeignKey(Claim, on_delete=models.CASCADE, related_name="dismissals")
    kind = models.CharField(max_length=12, choices=SignalKind.choices)
    note = models.CharField(max_length=500)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SignalKind.values), name="dismissal_kind_known"),
            models.CheckConstraint(condition=~Q(note=""), name="dismissal_says_why"),
        ]
        indexes = [models.Index(fields=["merchant", "claim", "at", "id"], name="dismissal_of_claim")]

    def __str__(self) -> str:
        return f"{self.kind} {self.claim_id}"


class SignalRules(MerchantModel):
    """From how many claims of one customer in how many days on a merchant wants to know."""

    most_claims = models.PositiveSmallIntegerField(
        _("Claims that are fine"), default=3, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    days = models.PositiveSmallIntegerField(
        _("Within so many days"), default=30, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant"], name="signal_rules_once"),
            models.CheckConstraint(condition=Q(most_claims__gte=1, days__gte=1), name="signal_rules_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.most_claims} / {self.days}"
