"""The merchant: the tenant of everything."""

import secrets
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.ids import new_id

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_public_id() -> str:
    """Return the short name by which links and keys name their merchant: 10 characters of Crockford's base 32."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def check_zone(name: str) -> None:
    """Refuse a time zone that the tz database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class Merchant(models.Model):
    """A business that uses Claims Center. A reference table: it stands outside row level security."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=10, unique=True, default=new_public_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[check_zone])
    language = models.CharField(max_length=12, default="en")
    locale = models.CharField(max_length=12, default="en_US")
    currency = models.CharField(max_length=3, default="USD", validators=[RegexValidator(r"^[A-Z]{3}$")])
    accent = models.CharField(max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")])
    sender_name = models.CharField(max_length=120, blank=True)
    reply_to = models.EmailField(blank=True)
    mfa_required = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # A merchant to try things on, with made-up data; its keys and its people are its own.
    sandbox_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="sandbox", null=True, blank=True, editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(slug__regex=r"^[a-z0-9][a-z0-9-]*$"), name="merchant_slug_plain"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="merchant_currency_code"),
        ]

    def __str__(self) -> str:
        return self.name
