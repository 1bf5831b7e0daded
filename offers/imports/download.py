"""The list of responses as a CSV to edit in a sheet and to bring back, written while it is sent.

Some thousand rows are in memory at a time. Each portion is read in a transaction of its own: the version that stands in
each row guards what is brought back, whatever happened in between.
"""

import csv
import uuid
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from jobs.bulk.csvfile import Line, safe
from offers.filters import ResponseFilter
from offers.models import OfferResponse
from offers.usage import status_of, usage_of
from tenancy.scope import merchant_scope

PORTION = 2_000
MOST = 100_000
# In the words of the export of responses, so that both come back by the same importer.
COLUMNS = (
    "id",
    "version",
    "status",
    "reason",
    "offer_name",
    "member_name",
    "member_email",
    "card_number",
    "certificate_code",
    "usage_period",
    "issued_at",
    "expires_at",
    "completed_at",
    "reference",
    "source",
)


def narrowed(query: str) -> QuerySet[OfferResponse]:
    """Return the responses that the list shows with these parameters, the latest first."""
    rows: QuerySet[OfferResponse] = OfferResponse.objects.order_by("-issued_at", "-id")
    found: QuerySet[OfferResponse] = ResponseFilter(QueryDict(query), queryset=rows).qs
    return found


def is_too_much(query: str) -> bool:
    """Say whether the list holds more rows than one such file."""
    return narrowed(query).order_by()[: MOST + 1].count() > MOST


def lines(*, merchant_id: uuid.UUID, query: str, zone: tzinfo) -> Iterator[str]:
    """Yield the file's lines, the header first; opens the merchant's scope for each portion by itself.

    Times are ISO 8601 in `zone`; who iterates is outside the request by then.
    """
    writer = csv.writer(Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    last: OfferResponse | None = None
    while True:
        with merchant_scope(merchant_id), timezone.override(zone):
            now = timezone.now()
            rows = list(_after(narrowed(query), last).annotate(card_number=F("customer__card_number"))[:PORTION])
            text = "".join(writer.writerow([safe(cell) for cell in _cells(row, now, zone)]) for row in rows)
        if not rows:
            return
        last = rows[-1]
        yield text


def _after(rows: QuerySet[OfferResponse], last: OfferResponse | None) -> QuerySet[OfferResponse]:
    if last is None:
        return rows
    beyond = Q(issued_at__lt=last.issued_at) | Q(id__lt=last.id)
    return rows.filter(beyond, issued_at__lte=last.issued_at)


def _cells(row: Any, now: datetime, zone: tzinfo) -> list[Any]:
    told = {
        "status": status_of(row, at=now).value,
        "reason": "",
        "certificate_code": row.code_value,
        "usage_period": usage_of(row, at=now, zone=zone).value,
        "issued_at": _time(row.issued_at, zone),
        "expires_at": _time(row.expires_at, zone),
        "completed_at": _time(row.completed_at, zone),
    }
    return [told[name] if name in told else getattr(row, name) for name in COLUMNS]


def _time(at: datetime | None, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat(timespec="microseconds" if at.microsecond else "seconds") if at else ""
