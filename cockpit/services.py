"""What is done to a customer where several rooms hold a copy."""

from datetime import datetime
from typing import Any

from claims_center.services.copies import carry_name
from customers.models import Customer
from customers.services import update_contact
from loyalty.services.copies import carry_customer
from offers.services.copies import carry_member
from tenancy.actors import Actor


def change_contact(*, customer: Customer, values: dict[str, Any], actor: Actor, now: datetime) -> Customer:
    """Change a customer's contact details and carry a changed name to the claims that copy it.

    1. Saves the customer with search words and one audit event; the same values change nothing.
    2. Writes the name onto claims: the first portion at once, a job does the rest.
    3. Writes name and address onto the customer's offer responses and redeemed rewards.
    """
    name = customer.name
    changed = update_contact(customer=customer, values=values, actor=actor)
    if changed.name != name:
        carry_name(source="customer", source_id=customer.id, now=now)
    carry_member(customer=changed)
    carry_customer(customer=changed)
    return changed
