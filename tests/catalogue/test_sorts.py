"""The lists of the catalogue are sorted by every column as their cells read, and found by what a row shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claims_center import tallies
from claims_center.models import Funnel, Journey, Product, Promotion
from codes.models import CodePool
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import LONG_AGO, make_funnel, make_product, make_promotion
from tests.public.walker import Walker
from tests.support.shown import begin_with, in_order, shown

HOME = "/m/brew-bloom/"


def marketplaces() -> list[str]:
    for number, places in enumerate(("etsy", "amazon ebay", "", "amazon")):
        make_product(asin=f"B0BREWKIT{number}", marketplaces=places)
    return ["", "Amazon", "Amazon, eBay", "Etsy"]


def products_in_use() -> list[str]:
    make_product(asin="B0BREWKIT1")
    make_product(asin="B0BREWKIT2")
    Product.objects.filter(sku="SKU-B0BREWKIT1").update(archived_at=LONG_AGO)
    return ["In use", "Archived"]


def gifts() -> list[str]:
    make_promotion(physical=True)
    make_promotion(source="file", fixed_code="", file="gifts/a.pdf", file_name="a.pdf")
    make_promotion()
    make_promotion(source="pool", fixed_code="", pool=CodePool.objects.create(name="Cards", created_at=LONG_AGO))
    return ["Code from a pool", "One fixed code", "File to download", "Item to ship"]


def promotions_in_use() -> list[str]:
    make_promotion(archived_at=LONG_AGO)
    make_promotion()
    return ["In use", "Archived"]


def make_periods() -> None:
    """Funnels of every kind of period."""
    product, promotion, now = make_product(), make_promotion(), timezone.now()
    later, far = now + timedelta(days=3), now + timedelta(days=9)
    for number, (starts, ends) in enumerate(
        ((later, None), (now, far), (None, far), (None, None), (None, later), (now - timedelta(days=99), now))
    ):
        given: dict[str, Any] = {"starts_at": starts, "ends_at": ends, "products": [product], "promotion": promotion}
        make_funnel(slug=f"f{number}", name=f"Funnel {number}", **given)


@pytest.mark.parametrize(
    ("place", "column", "prepare"),
    [
        ("products", "marketplaces", marketplaces),
        ("products", "state", products_in_use),
        ("promotions", "gift", gifts),
        ("promotions", "state", promotions_in_use),
    ],
)
def test_sort_as_the_cells_read(
    admin: Client, merchant: Merchant, place: str, column: str, prepare: Callable[[], list[str]]
) -> None:
    with merchant_scope(merchant):
        wanted = prepare()
    found = in_order(admin, f"{HOME}{place}/", column)
    assert begin_with(found, wanted), found


def test_sort_funnels_by_their_periods(admin: Client, merchant: Merchant) -> None:
    """Always; then until a day; then from a day."""
    with merchant_scope(merchant):
        make_periods()
    assert [cell.split()[0] for cell in in_order(admin, f"{HOME}funnels/", "period")][:3] == [
        "Always",
        "until",
        "until",
    ]
    names = shown(admin, f"{HOME}funnels/", "name", sort="period")
    assert [name.removeprefix("Funnel ")[0] for name in names] == ["3", "4", "2", "5", "1", "0"]


@pytest.mark.parametrize("summed", [True, False])
def test_sort_funnels_by_their_conversion(admin: Client, merchant: Merchant, summed: bool) -> None:
    """Whether or not there are sums; a funnel that nobody has visited stands before all others."""
    with merchant_scope(merchant):
        products, promotion = [make_product()], make_promotion()
        funnels = [
            make_funnel(slug=f"f{number}", name=f"Funnel {number}", products=products, promotion=promotion)
            for number in range(4)
        ]
        for number in (2, 2, 3):
            Journey.objects.create(funnel=funnels[number], visited_at=LONG_AGO)
    for number in (0, 2):
        Walker(Client(), merchant, funnels[number]).submit()
    if summed:
        tallies.rebuild(merchant_id=merchant.id)
    found = in_order(admin, f"{HOME}funnels/", "conversion")
    assert found == ["", "0%", "33.3%", "100%"]


@pytest.mark.parametrize("place", ["products", "promotions", "funnels"])
def test_find_by_what_a_row_shows(admin: Client, merchant: Merchant, other_merchant: Merchant, place: str) -> None:
    with merchant_scope(merchant):
        pool = CodePool.objects.create(name="Kitchen cards", created_at=LONG_AGO)
        given: dict[str, Any] = {"fixed_code": "", "source": "pool", "pool": pool}
        make_funnel(slug="roast", name="Summer roast", products=[make_product("Grinder", asin="B0GRIND")])
        make_funnel(slug="kit", products=[make_product("Kettle, blue")], promotion=make_promotion(name="Mug", **given))
        ours = {"products": Product, "promotions": Promotion, "funnels": Funnel}[place].objects.order_by("-id")[0]
    with merchant_scope(other_merchant):
        foreign = make_funnel(slug="kit", products=[make_product("Kettle of others")])
    words = {"products": "blue kettle", "promotions": "kitchen", "funnels": "kit gift"}[place]
    lead = {"products": "title", "promotions": "name", "funnels": "name"}[place]
    found = [len(shown(admin, f"{HOME}{place}/", lead, q=one)) for one in (words, str(ours.id), str(foreign.id), "zzz")]
    assert found == [1, 1, 0, 0]
