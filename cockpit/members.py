"""The importer of members: customers added or completed, and their names carried to the documents that copy them.

See `tenancy.imports.contract`.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from claims_center.models import Claim
from cockpit import undoing_members
from customers.imports.member_rows import FIELDS as MEMBER_FIELDS
from customers.imports.member_rows import MEMBER_COLUMNS, Members
from customers.models import Customer
from customers.naming import called
from jobs.services import enqueue_many
from loyalty.models import RedeemedReward
from loyalty.services.copies import carry_customer
from offers.models import OfferResponse
from offers.services.copies import carry_members
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.imports import records
from tenancy.imports.contract import Named, Note, Outcome, Preview, Progress
from tenancy.imports.naming import Naming, head_of
from tenancy.scope import merchant_scope
from triggers.services import enrolled

COLUMNS, FIELDS, UNDO = MEMBER_COLUMNS, MEMBER_FIELDS, undoing_members
head = head_of


def preview(
    path: Path,
    *,
    merchant_id: uuid.UUID,
    now: datetime,
    progress: Progress | None = None,
    naming: Naming | None = None,
) -> Preview:
    """Return what importing this file would do; changes nothing. A refused file is answered with its problems."""
    return records.preview(partial(Members, merchant_id=merchant_id, now=now), path, progress, naming)


def apply(
    path: Path,
    *,
    merchant_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
    origin_id: uuid.UUID | None = None,
    file_name: str = "",
    naming: Naming | None = None,
    note: Note | None = None,
) -> Outcome:
    """Import a file of members: every one of it, or nothing.

    1. Adds who is new and notes that they joined, which triggers may answer; and changes of who is known what the file says; empty cells leave alone what is there.
    2. Carries changed names and addresses to offer responses and redeemed rewards, and by jobs to claims.
    3. Leaves one audit event where anything was done, without contact details. Raises FileRefused.
    """
    make = partial(Members, merchant_id=merchant_id, now=now, renamed=partial(_carry, now=now))
    make = partial(make, enrolled=partial(enrolled, actor=actor, now=now))
    done = records.apply(make, path, progress, naming, note)
    if done.added or done.changed:
        with merchant_scope(merchant_id):
            after = {"added": done.added, "changed": done.changed, "file": file_name or path.name}
            audit(action="members.imported", actor=actor, target=("merchant", merchant_id), after=after)
    return done


def named(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Return what members are called, and their pages."""
    rows = Customer.objects.filter(id__in=ids, erased_at=None)
    return {row.id: Named(row.name or row.card_number or row.phone, "cockpit:customer", (row.id,)) for row in rows}


def titles() -> QuerySet[Any]:
    """Return the same names by query."""
    name = Coalesce(NullIf(called(), Value("")), NullIf("card_number", Value("")), "phone", output_field=TextField())
    found: QuerySet[Any] = Customer.objects.filter(erased_at=None).values(title=name)
    return found


def _carry(customers: Sequence[uuid.UUID], *, now: datetime) -> None:
    """Write changed names onto the documents of these customers, claims by jobs; most have none."""
    claiming = Claim.objects.filter(customer_id__in=customers).order_by("customer_id")
    ids = claiming.values_list("customer_id", flat=True).distinct()
    payloads = [("", {"source": "customer", "id": str(one)}) for one in ids]
    enqueue_many(kind="claims.refresh_copies", payloads=payloads, now=now)
    carry_members(customers=_having(OfferResponse, customers))
    for customer in _having(RedeemedReward, customers):
        carry_customer(customer=customer)


def _having(model: Any, customers: Sequence[uuid.UUID]) -> list[Customer]:
    """Return those of the customers who have documents of this kind."""
    concerned = model.objects.filter(customer_id__in=customers).values("customer_id")
    return list(Customer.objects.filter(id__in=concerned).order_by("id"))
