"""The demo's customers: names, addresses and e-mail addresses drawn by the story's own dice."""

import random
from dataclasses import dataclass

from config.demo.stories import FIRST_NAMES, LAST_NAMES, TOWNS, MerchantStory
from tenancy.search import fold


@dataclass(frozen=True)
class Person:
    """A customer as a funnel's page would collect one."""

    first_name: str
    last_name: str
    email: str
    phone: str
    address: dict[str, str]


def people_of(story: MerchantStory, dice: random.Random, count: int) -> list[Person]:
    """Return so many different people; addresses lie at example domains, which belong to nobody."""
    pairs = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    chosen = dice.sample(pairs, count)
    return [_person(story, dice, first, last) for first, last in chosen]


def _person(story: MerchantStory, dice: random.Random, first: str, last: str) -> Person:
    local = "".join(char for char in fold(f"{first}.{last}") if char.isalnum() or char == ".")
    street, city, province, postal_code, country = dice.choice(TOWNS[story.currency])
    address = {
        "name": f"{first} {last}",
        "street": street,
        "city": city,
        "province": province,
        "postal_code": postal_code,
        "country": country,
    }
    phone = (
        f"+1503555{dice.randrange(10_000):04}" if story.currency == "USD" else f"+4922155{dice.randrange(10_000):04}"
    )
    return Person(first, last, f"{local}@example.com", phone if dice.random() < 0.4 else "", address)  # noqa: PLR2004
