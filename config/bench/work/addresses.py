"""The addresses that a list benchmark visits, by name and in groups, for one merchant."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.urls import resolve
from django.utils import timezone

from claims_center.models import Claim, FunnelProduct, Order
from claims_center.pairs import PAIRS
from config.bench.stage import Stage
from customers.models import Customer
from tenancy.models import User
from ui.keyset import LAST, Sort, page_with

Pages = list[tuple[str, str]]
SIZE = 25
FILTERS = (
    "status=new",
    "status=needs_info",
    "status=verified",
    "status=processed",
    "status=rejected",
    "verification=match",
    "verification=other_buyer",
    "verification=too_old&verification=wrong_product",
    "delivery=opened",
    "delivery=bounced&delivery=complained&delivery=failed",
    "funnel={funnel}",
    "product={product}",
    "marketplace=amazon",
    "marketplace=etsy",
    "promotion_type=physical",
    "promotion_type=digital",
    "did_redirect=yes",
    "did_redirect=no",
    "assignee={person}",
    "assignee=nobody",
    "repeat=yes",
    "repeat=no",
    "attention=answered&attention=mail_missed",
    "signal=any",
    "signal=same_number&signal=same_phone",
    "submitted_from={month_ago}",
    "submitted_from={year_ago}&submitted_to={later}",
    "processed_from={month_ago}",
    "processed_from={year_ago}",
)
OTHERS: dict[str, tuple[str, ...]] = {
    "customers": ("q=mei", "q=mei tanaka", "q={email}", "since_from={month_ago}"),
    "orders": (
        "status=shipped",
        "marketplace=ebay",
        "q={order}",
        "imported_from={month_ago}",
        "ordered_from={year_ago}",
    ),
    "deliveries": (
        "status=opened",
        "status=bounced&status=failed&status=complained",
        "q={email}",
        "status=sent&status=delivered",
    ),
    "jobs": ("state=done", "state=due"),
    "code-pools": (),
    "funnels": (),
    "products": (),
    "promotions": (),
}


def claims_pages(stage: Stage, slug: str) -> dict[str, Pages]:
    """Return the pages of the Claims Center: sorts, places, filters, pairs, searches."""
    address = f"/m/{slug}/claims/"
    with stage.scope(slug):
        words, view = _words(stage, slug), view_of(stage, slug, address)
        sorts = [(name, address + f"?sort={name}") for name in both_ways(view)]
        return {
            "each sort": sorts,
            "middle and last page of each sort": places(view, address),
            "each filter": [(one, address + "?" + one.format(**words)) for one in FILTERS],
            "declared pairs": [(one, address + "?" + one.format(**words)) for one in PAIRS],
            "searches": [(name, address + "?" + urlencode({"q": text})) for name, text in _searches(words)],
        }


def other_pages(stage: Stage, slug: str) -> dict[str, Pages]:
    """Return the pages of the other lists: each sort, first and last page, and some filters."""
    found: dict[str, Pages] = {}
    with stage.scope(slug):
        words = _words(stage, slug)
        for name, filters in OTHERS.items():
            address = f"/m/{slug}/{name}/"
            view = view_of(stage, slug, address)
            pages = [(one, address + f"?sort={one}") for one in both_ways(view)]
            pages += [(one, address + "?" + quote(one.format(**words), safe="=&")) for one in filters]
            found[name] = pages + places(view, address)
    return found


def view_of(stage: Stage, slug: str, address: str) -> Any:
    """Return the list's view as it stands for a request without parameters."""
    view = resolve(address).func.view_class()  # type: ignore[attr-defined]
    view.request = SimpleNamespace(GET=QueryDict(), merchant=stage.merchant(slug), COOKIES={}, role=40)
    return view


def both_ways(view: Any) -> list[str]:
    """Return the list's sorts, up and down."""
    return [sign + name for name in view.sorts for sign in ("", "-")]


def places(view: Any, address: str) -> Pages:
    """Return a page in the middle and the last one, by each sort."""
    found = []
    for name, by in view.sorts.items():
        rows, sort = view.get_queryset(), Sort(name, by)
        key = rows.order_by(by, "pk").values_list("pk", flat=True)[rows.count() // 2 : rows.count() // 2 + 1]
        middle = page_with(rows, sort=sort, size=SIZE, key=key[0]) if key else None
        if middle and middle.next_token:
            found.append((f"{name}, middle", f"{address}?{urlencode({'sort': name, 'after': middle.next_token})}"))
        found.append((f"{name}, last", f"{address}?{urlencode({'sort': name, 'before': LAST})}"))
    return found


def _searches(words: dict[str, str]) -> Pages:
    return [
        ("first name", "mei"),
        ("both names", "mei tanaka"),
        ("e-mail", words["email"]),
        ("order number", words["order"]),
        ("code", words["code"]),
        ("a word of all", "example"),
        ("one letter", "m"),
        ("a digit", "1"),
        ("nothing", "zzzzqqq"),
        ("three words, two of all", "example com mei"),
    ]


def _words(stage: Stage, slug: str) -> dict[str, str]:
    newest = Claim.objects.exclude(order_number="").exclude(gift_code="").order_by("-submitted_at")
    claim = newest.filter(status="processed").first() or newest.first()
    shown, now = FunnelProduct.objects.order_by("funnel__name", "position")[0], timezone.now()
    return {
        "funnel": str(shown.funnel_id),
        "product": str(shown.product_id),
        "person": str(User.objects.get(email=f"agent@{slug}.example").id),
        "email": claim.customer_email if claim else Customer.objects.all()[0].email,
        "order": claim.order_number if claim else Order.objects.all()[0].number,
        "code": claim.gift_code if claim else "",
        "month_ago": f"{now - timedelta(days=30):%Y-%m-%d}",
        "year_ago": f"{now - timedelta(days=365):%Y-%m-%d}",
        "later": f"{now - timedelta(days=335):%Y-%m-%d}",
    }
