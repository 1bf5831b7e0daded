"""What is counted, and between which accounts it moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    """What an amount is an amount of."""

    POINT = "POINT", _("Points")
    VOUCHER = "VOUCHER", _("Vouchers")


class Bucket(models.TextChoices):
    """Kinds of accounts: HELD belongs to a customer, the others to the merchant."""

    ISSUED = "ISSUED", _("Issued")
    HELD = "HELD", _("Held")
    REDEEMED = "REDEEMED", _("Redeemed")
    EXPIRED = "EXPIRED", _("Expired")
    REVOKED = "REVOKED", _("Revoked")


class Verb(models.TextChoices):
    """What a step of an act does with an amount."""

    GRANT = "grant", _("Grant")
    DRAW = "draw", _("Draw")
    EXPIRE = "expire", _("Expire")
    REVOKE = "revoke", _("Revoke")
