"""What happens to customers' contact details."""

import uuid
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from customers.models import Customer, CustomerToken
from customers.normalise import email_norm, phone_norm
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id
from tenancy.search import words_of, write_tokens

INSERT = """
INSERT INTO customers_customer (merchant_id, id, email, email_norm, phone, phone_norm, card_number, first_name,
  last_name, street, house_number, building_number, postal_code, city, province, country, created_at)
VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s, '', '', '', '', '', '', '', %s)
ON CONFLICT DO NOTHING
RETURNING id
"""


def find_or_create(
    *, email: str, now: datetime, actor: Actor, phone: str = "", first_name: str = "", last_name: str = ""
) -> Customer:
    """Return the merchant's customer with this address, made first where there is none.

    Two callers at once get the same customer. Details that are known already are kept; a name that is empty is filled
    in. The phone is not: anybody can type a stranger's e-mail address into a public page, and tills find a member by
    the phone. `actor` is who brought the customer in. Raises ValueError for an empty address.
    """
    if not email_norm(email):
        raise ValueError("A customer is known by an e-mail address here.")
    values: list[Any] = [email.strip(), email_norm(email), phone, phone_norm(phone), first_name, last_name, now]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [current_merchant_id(), new_id(), *values])
        created = cursor.fetchone() is not None
    found: Customer = Customer.objects.get(email_norm=email_norm(email))
    if not created:
        _fill_in(found, first_name=first_name, last_name=last_name)
    write_tokens(CustomerToken, found.id, search_words(found))
    return found


def update_contact(*, customer: Customer, values: dict[str, Any], actor: Actor, reason: str = "") -> Customer:
    """Change contact details or address: saves the customer, its search words, and an audit event without values."""
    changed = sorted(name for name, value in values.items() if getattr(customer, name) != value)
    if not changed:
        return customer
    for name in changed:
        setattr(customer, name, values[name])
    customer.save()
    write_tokens(CustomerToken, customer.id, search_words(customer))
    audit(
        action="customer.updated",
        actor=actor,
        target=("customer", customer.id),
        after={"fields": changed},
        reason=reason,
    )
    return customer


def search_words(customer: Customer) -> set[str]:
    """Return the words under which a customer is found: name, address, phone and card number."""
    return words_of(customer.email, customer.phone_norm, customer.card_number, customer.first_name, customer.last_name)


def enrol(
    *,
    now: datetime,
    actor: Actor,
    email: str = "",
    phone: str = "",
    card_number: str = "",
    first_name: str = "",
    last_name: str = "",
    birthday: date | None = None,
) -> Customer:
    """Create a customer known by at least one of e-mail, phone and card number.

    Has the top note that somebody joined (`settings.ENROLLED`), which may give them something. Raises ValueError where none is given and IntegrityError where address or card number is taken.
    """
    if not (email or phone or card_number):
        raise ValueError("A customer needs an e-mail address, a phone number or a card number.")
    customer = Customer(
        email=email.strip(),
        phone=phone,
        card_number=card_number.strip(),
        first_name=first_name,
        last_name=last_name,
        birthday=birthday,
        created_at=now,
    )
    customer.save(force_insert=True)
    write_tokens(CustomerToken, customer.id, search_words(customer))
    import_string(settings.ENROLLED)(customer_ids=[customer.id], actor=actor, now=now)
    return customer


def erase(*, customer_id: uuid.UUID, actor: Actor, now: datetime, reason: str = "") -> Customer:
    """Forget a person for good: who it was goes from every room, numbers, states and times stay.

    1. Locks the customer; one who is erased already is returned as it is.
    2. Has every room forget (config/erasure.py), in this transaction: all of it or nothing.
    3. Has end what the customer holds and nobody can ask for any more: points.
    4. Blanks the contact details, removes the search words, notes when, and writes an audit event without values.

    Raises Customer.DoesNotExist. ``now`` is UTC.
    """
    customer: Customer = Customer.objects.select_for_update(no_key=True).get(id=customer_id)
    if customer.erased_at is not None:
        return customer
    forgotten = {
        room: import_string(path)(customer_id=customer.id) for room, path in import_string(settings.FORGETTERS).items()
    }
    ended = {
        what: import_string(path)(customer_id=customer.id, actor=actor, now=now)
        for what, path in import_string(settings.ENDINGS).items()
    }
    for name in ("email", "phone", "card_number", "first_name", "last_name", *Customer.ADDRESS):
        setattr(customer, name, "")
    customer.birthday, customer.erased_at = None, now
    customer.save()
    CustomerToken.objects.filter(row_id=customer.id).delete()
    after = forgotten | ended
    audit(action="customer.erased", actor=actor, target=("customer", customer.id), after=after, reason=reason)
    return customer


def _fill_in(customer: Customer, **given: str) -> None:
    missing = {name: value for name, value in given.items() if value and not getattr(customer, name)}
    for name, value in missing.items():
        setattr(customer, name, value)
    if missing:
        customer.save()
