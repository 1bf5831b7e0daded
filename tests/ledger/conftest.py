"""A customer, and acts on them that need few words."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from customers.models import Customer
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import about


def new_customer(email: str = "ada@example.com") -> Customer:
    customer = Customer(email=email, created_at=datetime.now(UTC))
    customer.save(force_insert=True)
    return customer


@pytest.fixture
def customer(scope: Merchant) -> Customer:
    """A customer of the merchant whose door is open."""
    return new_customer()


@pytest.fixture
def act(customer: Customer) -> Callable[..., dict[str, Any]]:
    """What a verb is told about an act on the customer; whatever matters is given by name."""

    def build(**given: Any) -> dict[str, Any]:
        return about(customer.id, **given)

    return build


@pytest.fixture
def committed_customer(merchant: Merchant, transactional_db: None) -> uuid.UUID:
    """A customer whom other connections see."""
    with merchant_scope(merchant):
        return new_customer().id


@pytest.fixture(autouse=True)
def _ledger_alone(settings: Any) -> None:
    """The document rooms' own checks are tested in their rooms."""
    settings.LEDGER_CHECKS = ""
