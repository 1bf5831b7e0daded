"""What calls take."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework import serializers

MOST = Decimal("999999999999.99")


class Nothing(serializers.Serializer[Any]):
    """No values."""


class WithReason(serializers.Serializer[Any]):
    """A reason, if there is one."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class Address(serializers.Serializer[Any]):
    """A mailing address; `country` is a code of two letters (ISO 3166-1)."""

    street = serializers.CharField(required=False, allow_blank=True, max_length=200)
    house_number = serializers.CharField(required=False, allow_blank=True, max_length=20)
    building_number = serializers.CharField(required=False, allow_blank=True, max_length=20)
    postal_code = serializers.CharField(required=False, allow_blank=True, max_length=20)
    city = serializers.CharField(required=False, allow_blank=True, max_length=120)
    province = serializers.CharField(required=False, allow_blank=True, max_length=120)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, allow_blank=True)


class NewMember(serializers.Serializer[Any]):
    """A member, known by at least one of e-mail, phone and card number."""

    email = serializers.EmailField(required=False, allow_blank=True, max_length=254, default="")
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    card_number = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")
    first_name = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    birthday = serializers.DateField(required=False, allow_null=True, default=None)
    address = Address(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for something to know the member by."""
        if not any(attrs[name] for name in ("email", "phone", "card_number")):
            raise serializers.ValidationError({"email": "Give an e-mail address, a phone number or a card number."})
        return attrs


class Money(serializers.DecimalField):
    """An amount in major units, never below nought."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=kwargs.pop("min_value", Decimal(0)), **kwargs)


class Item(serializers.Serializer[Any]):
    """One line of a basket."""

    sku = serializers.CharField(max_length=120)
    quantity = serializers.IntegerField(min_value=1, max_value=100_000, default=1)
    amount = Money(required=False)


class NewPurchase(serializers.Serializer[Any]):
    """A purchase. `reference` is the shop's own and comes once; `occurred_at` is now where it is left out."""

    member_id = serializers.UUIDField()
    reference = serializers.CharField(max_length=120)
    amount = Money()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    occurred_at = serializers.DateTimeField(required=False)
    items = Item(many=True, required=False)

    def validate_occurred_at(self, value: Any) -> Any:
        """Refuse the future."""
        if value > timezone.now():
            raise serializers.ValidationError("This is in the future.")
        return value


class NewReturn(serializers.Serializer[Any]):
    """Goods brought back; `reference` comes once for each purchase."""

    reference = serializers.CharField(max_length=120)
    amount = Money(min_value=Decimal("0.01"))


class ForMember(serializers.Serializer[Any]):
    """Whom it is for."""

    member_id = serializers.UUIDField()


class Basket(serializers.Serializer[Any]):
    """What somebody is about to buy."""

    amount = Money()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    items = Item(many=True, required=False, default=list)


class Reserve(serializers.Serializer[Any]):
    """For how long a till holds a response: 15 minutes unless it says otherwise, a day at most."""

    ttl_seconds = serializers.IntegerField(required=False, min_value=1, max_value=86_400, default=900)


class Release(serializers.Serializer[Any]):
    """The token that the till was given."""

    token = serializers.CharField(max_length=200)


class Complete(serializers.Serializer[Any]):
    """The purchase in which a response is used, as far as it is known, and the token of a reservation."""

    reference = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    amount = Money(required=False, default=None, allow_null=True)
    token = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class Because(serializers.Serializer[Any]):
    """The reason, which there has to be."""

    reason = serializers.CharField(max_length=500)
