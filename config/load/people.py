"""Synthetic customers: the same number is always the same person."""

from datetime import datetime, timedelta

from config.demo.stories import FIRST_NAMES, LAST_NAMES, TOWNS
from config.load.rows import PORTION, insert, insert_words
from customers.models import Customer, CustomerToken
from customers.normalise import email_norm, phone_norm
from customers.services import search_words
from tenancy.ids import new_id
from tenancy.search import fold

WITH_PHONE, WITH_CARD = 5, 4


def make_people(*, count: int, opened: datetime, until: datetime) -> list[Customer]:
    """Insert so many customers with their search words, first known between two instants; return them in order."""
    step = (until - opened) / max(count, 1)
    people = [_person(number, opened + number * step) for number in range(count)]
    for start in range(0, count, PORTION):
        portion = people[start : start + PORTION]
        insert(portion)
        insert_words(CustomerToken, {person.id: search_words(person) for person in portion})
    return people


def _person(number: int, at: datetime) -> Customer:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]
    street, city, province, postal_code, country = TOWNS["USD"][number % len(TOWNS["USD"])]
    local = "".join(char for char in fold(f"{first}.{last}") if char.isalnum() or char == ".")
    email = f"{local}.{number}@example.com"
    phone = f"+1 503 {number // 10_000 % 1000:03} {number % 10_000:04}" if number % WITH_PHONE < 2 else ""  # noqa: PLR2004
    made: Customer = Customer.made_with(
        id=new_id(),
        email=email,
        email_norm=email_norm(email),
        phone=phone,
        phone_norm=phone_norm(phone),
        card_number=f"29{number:010}" if number % WITH_CARD == 0 else "",
        first_name=first,
        last_name=last,
        street=street,
        city=city,
        province=province,
        postal_code=postal_code,
        country=country,
        created_at=at + timedelta(seconds=number % 60),
    )
    return made
