"""Makes and fills the gallery's tables."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connections

from tests.ui.gallery.models import Row, Shop

NAMES = [
    "Duncan Andrews",
    "Isaac-Robert Benoit",
    "Filip Gajownik",
    "Gilbert Dos Santos",
    "Eric Moore",
    "Georges Millet",
    "Philippine Delattre Le Rousseau",
    "Adrianna Latek",
    "Justyna Królikiewicz",
    "Inès Fournier",
    "Volker Schönland",
    "Kimberley Vaughan-Thomas",
    "Elif Sontag",
    "Thomas Devaux",
    "Sybille Schmidt",
    "Roksana Kozdra",
]
PRODUCTS = [
    ("Steel water bottle, 750 ml", "BTL-750"),
    ("Cork yoga mat", "MAT-CRK"),
    ("Pour-over coffee set", "POUR-2"),
    ("Linen tea towels, set of 4", "TWL-4"),
    ("Cold brew jar", "JAR-CB"),
]
SHOPS = ["Amazon.com", "Amazon.de", "Walmart", "Etsy"]


def create_tables(alias: str) -> None:
    """Create both tables on a connection that may."""
    with connections[alias].schema_editor() as editor:
        editor.create_model(Shop)
        editor.create_model(Row)


def drop_tables(alias: str) -> None:
    """Remove both tables."""
    with connections[alias].schema_editor() as editor:
        editor.delete_model(Row)
        editor.delete_model(Shop)


def make_rows(count: int, *, now: datetime | None = None, using: str = "default") -> list[Row]:
    """Fill the tables with `count` rows, always the same for the same `now`."""
    rng = random.Random(7)  # noqa: S311 - made-up rows, the same each time
    now = now or datetime(2026, 11, 21, 19, 10, tzinfo=UTC)
    shops = [Shop.objects.using(using).create(name=name) for name in SHOPS]
    rows = [Row(shop=rng.choice(shops), **_values(rng, number, now)) for number in range(count)]
    return Row.objects.using(using).bulk_create(rows)


def _values(rng: random.Random, number: int, now: datetime) -> dict[str, Any]:
    name = rng.choice(NAMES)
    product, sku = rng.choice(PRODUCTS)
    status = rng.choices(Row.Status.values, [4, 3, 6, 1, 1])[0]
    submitted = now - timedelta(minutes=rng.randint(10, 600) * (number + 1) // 9)
    return {
        "name": name,
        "email": f"{name.lower().replace(' ', '.').replace('-', '')}@example.com",
        "product": product,
        "sku": sku,
        "status": status,
        "rating": rng.randint(2, 5),
        "amount": rng.choice([4_99, 10_00, 12_50, 18_00, 1_250_00]),
        "code": "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=4)) + f"-{number:04d}",
        "order_number": f"{rng.randint(100, 999)}-{rng.randint(1_000_000, 9_999_999)}-{rng.randint(1_000_000, 9_999_999)}",
        "redirected": rng.random() > 0.4,
        "submitted_at": submitted,
        "processed_at": submitted + timedelta(hours=5) if status == "processed" else None,
        "bought_on": date(2026, 11, 1) - timedelta(days=rng.randint(0, 60)),
    }
