"""The floor of a page: Django with sessions and nothing else, one keyset query, plain HTML.

Served beside the product on the same server program: what a signed-in page of 25 rows costs at least.
"""

from html import escape
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

TABLES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "claims": (
        "claims_center_claim",
        "submitted_at",
        (
            "customer_name",
            "customer_email",
            "product_title",
            "funnel_name",
            "marketplace",
            "order_number",
            "promotion_name",
            "status",
        ),
    ),
    "redeemed": (
        "loyalty_redeemedreward",
        "redeemed_at",
        (
            "customer_email",
            "customer_phone",
            "reward_name",
            "code_value",
            "cost_in_points",
            "active_points_after",
            "delivery_status",
            "cashback_text",
        ),
    ),
    "responses": (
        "offers_offerresponse",
        "issued_at",
        (
            "offer_name",
            "offer_type",
            "member_name",
            "member_email",
            "code_value",
            "status",
            "usage_to",
            "expires_at",
        ),
    ),
}
SIZE = 25


def page(request: HttpRequest, merchant: str, name: str) -> HttpResponse:
    """Answer with the first 25 rows of a table by eight columns, newest first."""
    table, by, columns = TABLES[name]
    chosen = f"SELECT id, {', '.join(columns)} FROM {table} WHERE merchant_id = %s"  # noqa: S608 - constants above
    asked = f"{chosen} ORDER BY {by} DESC, id DESC LIMIT {SIZE + 1}"
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_merchant WHERE slug = %s", [merchant])
        (merchant_id,) = cursor.fetchone()
        cursor.execute(f"SET LOCAL app.merchant_id = '{merchant_id}'")
        cursor.execute(asked, [merchant_id])
        rows = cursor.fetchall()[:SIZE]
    return HttpResponse(_html(rows))


def _html(rows: list[tuple[Any, ...]]) -> str:
    body = "".join(
        f'<tr><td><a href="{row[0]}">{escape(str(row[1]))}</a></td>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in row[2:])
        + "</tr>"
        for row in rows
    )
    return f"<!doctype html><title>Rows</title><table>{body}</table>"


urlpatterns = [path("floor/<slug:merchant>/<slug:name>/", page)]
