"""The floor of a call: a Django view that reads JSON, makes one ledger function call in a transaction, and answers JSON."""

import json
import uuid
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from ledger.services import POST
from tenancy.ids import new_id


def draw(request: HttpRequest) -> HttpResponse:
    """Draw one voucher; everything that the ledger wants to know is in the body."""
    given: dict[str, Any] = json.loads(request.body)
    merchant_id = uuid.UUID(given["merchant"])
    about = [given["customer"], "offer.completed", "offer_response", given["origin"], given["subject"], "system"]
    steps: list[Any] = [["draw"], ["VOUCHER"], [1], [given["grant"]], [None], [None], [None]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.merchant_id = '{merchant_id}'")
        cursor.execute(POST, [merchant_id, new_id(), *about, given["key"], b"-", "", None, *steps])
        found = cursor.fetchone()
    answer = JsonResponse({"entry": str(found[0])})
    answer["Content-Length"] = str(len(answer.content))
    return answer


def probe(request: HttpRequest) -> HttpResponse:
    """Answer whoever waits for the server."""
    return HttpResponse("ok")


urlpatterns = [path("draw", draw), path("healthz", probe)]
