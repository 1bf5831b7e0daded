"""A person known to one merchant, never shared with another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, ExtractDay, ExtractMonth
from django.utils.translation import gettext_lazy as _

from customers.normalise import email_norm, phone_norm
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.changes import ChangedManager, ChangeField
from tenancy.search import SearchToken


class Customer(MerchantModel):
    """Contact details of a person. `*_norm` columns hold the spelling that is compared; they are kept by save()."""

    email = models.EmailField(_("E-mail"), blank=True, max_length=254)
    email_norm = models.CharField(max_length=254, blank=True, editable=False)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    phone_norm = models.CharField(max_length=40, blank=True, editable=False)
    card_number = models.CharField(_("Card number"), max_length=64, blank=True)
    first_name = models.CharField(_("First name"), max_length=120, blank=True)
    last_name = models.CharField(_("Surname"), max_length=120, blank=True)
    birthday = models.DateField(_("Birthday"), null=True, blank=True)
    street = models.CharField(_("Street"), max_length=200, blank=True)
    house_number = models.CharField(_("House number"), max_length=20, blank=True)
    building_number = models.CharField(_("Building number"), max_length=20, blank=True)
    postal_code = models.CharField(_("Postal code"), max_length=20, blank=True)
    city = models.CharField(_("City"), max_length=120, blank=True)
    province = models.CharField(_("Province"), max_length=120, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    # Month times 100 plus day: who has their birthday on a day is found by it.
    birthday_key = models.GeneratedField(
        expression=Cast(ExtractMonth(F("birthday")) * 100 + ExtractDay(F("birthday")), models.SmallIntegerField()),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
    )
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, editable=False)
    change_xid = ChangeField()

    objects: ClassVar[ChangedManager] = ChangedManager()

    ADDRESS: ClassVar[tuple[str, ...]] = (
        "street",
        "house_number",
        "building_number",
        "postal_code",
        "city",
        "province",
        "country",
    )

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email_norm"], condition=~Q(email_norm=""), name="customer_email_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "card_number"], condition=~Q(card_number=""), name="customer_card_once"
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="customer_country_code"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at", "-id"], name="customer_newest"),
            models.Index(fields=["merchant", "last_name", "id"], name="customer_by_name"),
            models.Index(fields=["merchant", "email_norm", "id"], name="customer_by_email"),
            models.Index(fields=["merchant", "phone_norm", "id"], name="customer_by_phone"),
            models.Index(fields=["merchant", "city", "id"], name="customer_by_town"),
            models.Index(fields=["merchant", "card_number", "id"], name="customer_by_card"),
            models.Index(
                fields=["merchant", "birthday_key", "id"],
                condition=Q(birthday__isnull=False),
                name="customer_by_birthday",
            ),
            models.Index(fields=["merchant", "change_xid", "id"], name="customer_changed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return first name and surname, or the address where neither is known."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.email

    @property
    def known_as(self) -> str:
        """Return the name, or what else staff know somebody by: phone or card number; never nothing."""
        nameless = _("Erased customer") if self.erased_at else _("No name")
        return self.name or self.phone or self.card_number or str(nameless)

    @property
    def address(self) -> dict[str, str]:
        """Return the mailing address by column, "" for what is not known."""
        return {column: getattr(self, column) for column in self.ADDRESS}

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the compared spellings true, then save."""
        self.email_norm = email_norm(self.email)
        self.phone_norm = phone_norm(self.phone)
        super().save(*args, **kwargs)


class CustomerToken(SearchToken):
    """A word under which a customer is found."""

    row = MerchantForeignKey(Customer, on_delete=models.CASCADE, related_name="tokens")

    class Meta(SearchToken.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["merchant", "token", "row"], name="customer_token_once")]
        indexes = [models.Index(fields=["merchant", "row", "token"], name="customer_token_row")]
