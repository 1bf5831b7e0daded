"""What calls take."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.drainage import set_override
from rest_framework import serializers

TINY = 1e-9
DAY = len("2026-11-30")
# At least one character that is not white space, in words that all dialects of patterns share.
SOMETHING = r"[^\s\x1c-\x1f\x85]"
# What a phone number has, so that somebody can be found by it.
DIALED = r"[1-9]"
MONEY = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
SOME_MONEY = r"^([1-9][0-9]{0,11}(\.[0-9]{1,2})?|0\.(0[1-9]|[1-9][0-9]?))$"


class Words(serializers.CharField):
    """A text, and not something that could be written as one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text without white space around it, which counts for its length all the same."""
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return str(super().to_internal_value(data))


class Email(Words, serializers.EmailField):
    """An e-mail address."""


class Whole(serializers.IntegerField):
    """A whole number (3.0 is one as well, as JSON has it), and not the text of one."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        is_whole = isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        if isinstance(data, bool) or not is_whole:
            self.fail("invalid")
        return int(super().to_internal_value(int(data)))


class Day(serializers.DateField):
    """A day of the calendar, `2026-11-30`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kind = ["string", "null"] if self.allow_null else "string"
        set_override(self, "field", {"type": kind, "format": "date", "minLength": DAY, "maxLength": DAY})

    def to_internal_value(self, data: Any) -> date:
        """Return the day; a month or a day of the month has two digits."""
        if isinstance(data, str) and len(data) != DAY:
            self.fail("invalid", format="YYYY-MM-DD")
        found: date = super().to_internal_value(data)
        return found


class Nothing(serializers.Serializer[Any]):
    """No values."""


class WithReason(serializers.Serializer[Any]):
    """A reason, if there is one."""

    reason = Words(required=False, allow_blank=True, max_length=500, default="")


class Address(serializers.Serializer[Any]):
    """A mailing address; `country` is a code of two letters (ISO 3166-1)."""

    street = Words(required=False, allow_blank=True, max_length=200)
    house_number = Words(required=False, allow_blank=True, max_length=20)
    building_number = Words(required=False, allow_blank=True, max_length=20)
    postal_code = Words(required=False, allow_blank=True, max_length=20)
    city = Words(required=False, allow_blank=True, max_length=120)
    province = Words(required=False, allow_blank=True, max_length=120)
    country = serializers.RegexField(r"^[A-Z]{2}\Z", required=False, allow_blank=True, trim_whitespace=False)


class NewMember(serializers.Serializer[Any]):
    """A member, known by at least one of e-mail, phone and card number."""

    email = Email(required=False, allow_blank=True, max_length=254, default="")
    phone = Words(required=False, allow_blank=True, max_length=40, default="")
    card_number = Words(required=False, allow_blank=True, max_length=64, default="")
    first_name = Words(required=False, allow_blank=True, max_length=120, default="")
    last_name = Words(required=False, allow_blank=True, max_length=120, default="")
    birthday = Day(required=False, allow_null=True, default=None)
    address = Address(required=False)

    def validate_birthday(self, value: date | None) -> date | None:
        """Refuse a day that is still to come; where the till stands it may be tomorrow already."""
        if value is not None and value > timezone.now().date() + timedelta(days=1):
            raise serializers.ValidationError("A birthday cannot be in the future.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for something to know the member by."""
        if not (attrs["email"] or attrs["card_number"] or re.search(DIALED, attrs["phone"])):
            raise serializers.ValidationError({"email": "Give an e-mail address, a phone number or a card number."})
        return attrs


class Money(serializers.DecimalField):
    """An amount in major units, never below nought: a decimal text, or a number of at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        least = kwargs.pop("min_value", Decimal(0))
        super().__init__(max_digits=14, decimal_places=2, min_value=least, **kwargs)
        text = {"type": "string", "pattern": SOME_MONEY if least else MONEY}
        number = {"type": "number", "minimum": float(least), "maximum": 10**9, "multipleOf": 0.01}
        set_override(self, "field", {"oneOf": [text, number]})

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the amount; what a program works out as 0.1 + 0.2 is 0.30."""
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, float) and abs(round(data, 2) - data) < TINY:
            data = round(data, 2)
        if isinstance(data, str) and not re.fullmatch(MONEY.strip("^$"), data):
            self.fail("invalid")
        found: Decimal = super().to_internal_value(data)
        return found


class Text(Words):
    """A text in which something stands; white space around it does not count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        look = {"type": "string", "minLength": 1, "maxLength": self.max_length, "pattern": SOMETHING}
        set_override(self, "field", look)


class Item(serializers.Serializer[Any]):
    """One line of a basket."""

    sku = Text(max_length=120)
    quantity = Whole(min_value=1, max_value=100_000, default=1)
    amount = Money(required=False)


class NewPurchase(serializers.Serializer[Any]):
    """A purchase. `reference` is the shop's own and comes once; `occurred_at` is now where it is left out."""

    member_id = serializers.UUIDField()
    reference = Text(max_length=120)
    amount = Money()
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", trim_whitespace=False)
    occurred_at = serializers.DateTimeField(required=False)
    items = Item(many=True, required=False)

    def validate_occurred_at(self, value: Any) -> Any:
        """Refuse the future."""
        if value > timezone.now():
            raise serializers.ValidationError("This is in the future.")
        return value


class NewReturn(serializers.Serializer[Any]):
    """Goods brought back; `reference` comes once for each purchase."""

    reference = Text(max_length=120)
    amount = Money(min_value=Decimal("0.01"))


class ForMember(serializers.Serializer[Any]):
    """Whom it is for."""

    member_id = serializers.UUIDField()


class Basket(serializers.Serializer[Any]):
    """What somebody is about to buy."""

    amount = Money()
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", trim_whitespace=False)
    items = Item(many=True, required=False, default=list)


class Reserve(serializers.Serializer[Any]):
    """For how long a till holds a response: 15 minutes unless it says otherwise, a day at most."""

    ttl_seconds = Whole(required=False, min_value=1, max_value=86_400, default=900)


class Release(serializers.Serializer[Any]):
    """The token that the till was given."""

    token = Text(max_length=200)


class Complete(serializers.Serializer[Any]):
    """The purchase in which a response is used, as far as it is known, and the token of a reservation."""

    reference = Words(required=False, allow_blank=True, max_length=120, default="")
    amount = Money(required=False, default=None, allow_null=True)
    token = Words(required=False, allow_blank=True, max_length=200, default="")


class Because(serializers.Serializer[Any]):
    """The reason, which there has to be."""

    reason = Text(max_length=500)
