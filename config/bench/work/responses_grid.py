"""The offer responses at front, middle and end, by each sort and filter: as the claims list is measured."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, urlencode

from django.utils import timezone

from config.bench.figures import Line
from config.bench.stage import LARGE, SMALL, Stage
from config.bench.work.addresses import Pages, both_ways, places, view_of
from config.bench.work.lists import lines
from offers import expiry
from offers.models import Offer, OfferResponse
from offers.pairs import PAIRS
from offers.states import OfferType, Source, Status, UsageState

FILTERS = (
    *(f"status={one}" for one in Status.values),
    "status=processing&status=shipping",
    *(f"usage_period={one}" for one in UsageState.values),
    "usage_period=passed&usage_period=not_started",
    "offer={offer}",
    *(f"offer_type={one}" for one in OfferType.values),
    *(f"source={one}" for one in Source.values),
    "issued_from={month_ago}",
    "issued_from={year_ago}&issued_to={later}",
    "expires_from={month_ago}&expires_to={today}",
    "expires_from={year_ago}&expires_to={later}",
    "completed_from={month_ago}",
    "completed_from={year_ago}&completed_to={later}",
    "member={member}",
    "member={email}",
)


def measure(stage: Stage) -> Iterator[Line]:
    """Offer responses, brought up to date as the beat does every minute."""
    for slug in (LARGE, SMALL):
        while _swept(stage, slug):
            pass
    yield from lines("offer responses", stage, {slug: pages(stage, slug) for slug in (LARGE, SMALL)}, "responses")


def pages(stage: Stage, slug: str) -> dict[str, Pages]:
    """Return the pages of the list in groups, for one merchant."""
    address = f"/m/{slug}/offer-responses/"
    with stage.scope(slug):
        words, view = _words(), view_of(stage, slug, address)
        filters = [(one, quote(one.format(**words), safe="=&")) for one in FILTERS]
        return {
            "each sort": [(name, f"{address}?sort={name}") for name in both_ways(view)],
            "middle and last page of each sort": places(view, address),
            "each filter": [(name, f"{address}?{query}") for name, query in filters],
            "declared pairs": [(one, f"{address}?{one.format(**words)}") for one in PAIRS],
            "searches": [(name, f"{address}?{urlencode({'q': text})}") for name, text in _searches(words)],
        }


def _swept(stage: Stage, slug: str) -> int:
    with stage.scope(slug):
        return expiry.expire_due(now=timezone.now()) + expiry.release_lapsed(now=timezone.now())


def _searches(words: dict[str, str]) -> Pages:
    return [
        ("first name", "mei"),
        ("both names", "mei tanaka"),
        ("e-mail", words["email"]),
        ("code", words["code"]),
        ("offer", "gift box"),
        ("offer and name", "gift mei"),
        ("a word of all", "example"),
        ("nothing", "zzzzqqq"),
    ]


def _words() -> dict[str, str]:
    now = timezone.now()
    row = OfferResponse.objects.exclude(code_value="").order_by("-issued_at").first()
    gift = Offer.objects.filter(offer_type=OfferType.GIFT_WITH_PURCHASE).order_by("name")[0]
    return {
        "offer": str(Offer.objects.filter(needs_clip=False, has_shipping=False).order_by("name")[0].id),
        "gift": str(gift.id),
        "member": str(row.customer_id) if row else "",
        "email": row.member_email if row else "",
        "code": row.code_value if row else "",
        "today": f"{now:%Y-%m-%d}",
        "month_ago": f"{now - timedelta(days=30):%Y-%m-%d}",
        "year_ago": f"{now - timedelta(days=365):%Y-%m-%d}",
        "later": f"{now - timedelta(days=335):%Y-%m-%d}",
    }
