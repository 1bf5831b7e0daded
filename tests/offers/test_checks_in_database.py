"""What the database itself refuses of a response, whoever asks."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from offers.models import OfferChange, OfferResponse
from offers.states import Status
from tenancy.models import Merchant
from tests.offers import factories as make


def _refused_by(row: Any, **values: Any) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        type(row).objects.filter(id=row.id).update(**values)
    return str(refusal.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "values", "constraint"),
    [
        (Status.PENDING, {"source": "nobody"}, "response_source_is_known"),
        (Status.PENDING, {"source": ""}, "response_source_is_known"),
        (Status.PENDING, {"offer_type": "gift"}, "response_type_is_known"),
        (Status.PENDING, {"status": "gone"}, "response_closed_by_entry"),
        (Status.PENDING, {"status": "expired"}, "response_closed_by_entry"),
        (Status.PENDING, {"status_before": "pending"}, "response_closed_by_entry"),
        (Status.COMPLETED, {"closed_entry_id": None}, "response_closed_by_entry"),
        (Status.COMPLETED, {"closed_at": None}, "response_closed_by_entry"),
        (Status.COMPLETED, {"status_before": ""}, "response_closed_by_entry"),
        (Status.COMPLETED, {"status_before": "expired"}, "response_closed_by_entry"),
        (Status.CANCELED, {"status": "pending"}, "response_closed_by_entry"),
        (Status.PENDING, {"reserved_until": timezone.now()}, "response_reserved_is_waiting"),
        (Status.PENDING, {"reservation": "x"}, "response_reserved_is_waiting"),
        (Status.PROCESSING, {"reserved_until": timezone.now(), "reservation": "x"}, "response_reserved_is_waiting"),
    ],
)
def test_refuse_a_row_that_cannot_be(scope: Merchant, status: Status, values: dict[str, Any], constraint: str) -> None:
    assert _refused_by(make.standing(status), **values) == constraint


def test_refuse_an_act_that_nobody_knows(scope: Merchant, owner_connection: Any) -> None:
    response = make.standing(Status.PENDING)
    change = {"response": response, "seq": 99, "to_status": "pending", "actor": "system", "at": timezone.now()}
    with pytest.raises(IntegrityError, match="response_change_event_is_known"), transaction.atomic():
        OfferChange(event="offer.lost", entry_id=response.entry_id, **change).save(force_insert=True)
    assert OfferResponse.objects.filter(id=response.id, version=response.version).exists()
