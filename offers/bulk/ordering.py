"""What the results of bulk acts and assignments are sorted by: where a response stands now, whatever the act did."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import CharField, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.utils import timezone

from customers.naming import called
from jobs.bulk.ordering import row_sorts
from offers.assigning.kit import ASSIGNMENTS
from offers.bulk.kit import RESPONSES
from offers.models import OfferResponse
from offers.usage import status_at, usage_at
from ui.sorting import Made


def response_sorts() -> dict[str, Any]:
    """Return what the results of an act on responses are sorted by."""
    return row_sorts(RESPONSES, document="response__offer_name") | {
        "status": _now(status_at),
        "usage": _now(lambda at: usage_at(at, timezone.get_current_timezone())),
        "issued": "response__issued_at",
    }


def member_sorts() -> dict[str, Any]:
    """Return what the members of an assignment are sorted by."""
    return row_sorts(ASSIGNMENTS, document=member()) | {"response": Made(_given)}


def member() -> Coalesce:
    """Return what a member of an assignment is called, as the kit names it."""
    card = NullIf("customer__card_number", Value(""))
    return Coalesce(NullIf(called("customer"), Value("")), card, "customer__phone", output_field=TextField())


def _now(rule: Callable[[datetime], Any]) -> Made:
    return Made(lambda: _of(OfferResponse.objects.filter(id=OuterRef("response_id")), rule(timezone.now())))


def _given() -> Coalesce:
    """Return where the response stands that the act gave to a member; an undo looks at those of the act it undoes."""
    act = Cast(Coalesce(OuterRef("bulk__undoes_id"), OuterRef("bulk_id")), TextField())
    member_id = Cast(OuterRef("customer_id"), TextField())
    op_key = Concat(Value("assign:"), act, Value(":"), member_id, output_field=CharField())
    return _of(OfferResponse.objects.filter(op_key=op_key), status_at(timezone.now()))


def _of(responses: Any, stands: Any) -> Coalesce:
    found = responses.annotate(stands=stands).values("stands")[:1]
    return Coalesce(Subquery(found), Value(""), output_field=CharField())
