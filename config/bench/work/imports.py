"""An order report of some thousand new orders, and the same file put into a bare table by COPY."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from claims_center.imports import orders
from config.bench.figures import Line, spread, timed
from config.bench.stage import LARGE, Stage
from config.load.story import PRODUCTS, sku_of
from tenancy.actors import Actor

ROUNDS = 5
COLUMNS = (
    "order_number",
    "marketplace",
    "ordered_at",
    "sku",
    "quantity",
    "amount",
    "currency",
    "status",
    "buyer_email",
)


def measure(stage: Stage) -> Iterator[Line]:
    """Import a file anew each time, with numbers that nobody has seen."""
    merchant, path, count = stage.merchant(LARGE), stage.folder / "orders.csv", max(stage.size // 2, 10)
    took, bare = [], []
    for _ in range(ROUNDS):
        _write(path, count)
        now = timezone.now()
        took.append(timed(lambda: orders.apply(path, merchant_id=merchant.id, actor=Actor.system(), now=now)))  # noqa: B023 - called at once
        bare.append(timed(lambda: _copy(path)))
    path.unlink()
    rates = [count * 1000 / spread(one)[0] for one in (took, bare)]
    yield Line("import", f"{count} orders", rates[0], "rows/s", rates[1], less_is_better=False)


def _write(path: Path, count: int) -> None:
    at = timezone.now()
    first = int(at.timestamp() * 1000)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(count):
            ordered = f"{at - timedelta(days=number % 90 + 1):%Y-%m-%d %H:%M:%S}"
            sku = sku_of(number % PRODUCTS)
            values = (ordered, sku, 1, "19.95", "USD", "shipped", f"buyer{number}@example.com")
            rows.writerow((f"999-{first % 10**7:07}-{number:07}", "amazon", *values))


def _copy(path: Path) -> None:
    columns = ", ".join(f"{name} text" for name in COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bench_orders ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY bench_orders FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
            copy.write(path.read_bytes())
