"""What can set a trigger off."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Occasion(models.TextChoices):
    """An act that triggers answer; the values are events of the ledger, so that the journal can be replayed."""

    ENROLLED = "member.enrolled", _("Enrolment")
    PURCHASE = "purchase.recorded", _("Purchase")
    REDEEMED = "reward.redeemed", _("Reward redeemed")
    PROCESSED = "claim.processed", _("Claim processed")
    BIRTHDAY = "member.birthday", _("Birthday")


# These happen to one document again and again (a claim is processed, taken back, processed); they are answered once.
ONCE_A_DOCUMENT = frozenset({Occasion.PROCESSED.value})
# Events of this room itself; the others belong to the rooms of their documents.
OWN = (Occasion.ENROLLED, Occasion.BIRTHDAY)
