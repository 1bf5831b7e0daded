"""A file of any length is read in bounded memory, brought in by portions, and gone on with after a kill."""

import subprocess
import sys
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from claims_center.imports import orders
from claims_center.imports.reading import read_orders
from claims_center.models import Order, OrderBatch, OrderChange, OrderItem
from jobs.models import Job
from tenancy.models import Merchant
from tests.claims_center.factories import NOW, STAFF
from tests.claims_center.reports import HEADER, ROW, amazon_report

ROWS = 200_000


def write(path: Path, number: int) -> Path:
    """Write orders of two products each; the second row of an order stands far behind the first."""
    half = number // 2
    template = "\t".join(ROW.get(column, "") for column in HEADER) + "\n"
    before, behind = template.split(ROW["amazon-order-id"], 1)
    behind = behind.replace(ROW["amazon-order-id"], "").replace("BB-KET-09", "{sku}")
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(HEADER) + "\n")
        for n in range(number):
            order = f"111-{n % half // 10**7:07d}-{n % half % 10**7:07d}"
            file.write(before + order + behind.replace("{sku}", "A" if n < half else "B"))
    return path


def test_read_200_000_rows_in_little_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "huge.txt", ROWS)
    script = (
        "import django; django.setup()\n"
        "import sys, resource\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from claims_center.imports.reading import read_orders\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"found = read_orders(Path({str(path)!r}), now=datetime(2026, 11, 20, tzinfo=UTC), zone=UTC)\n"
        "pieces = sum(len(order.items) for portion in found.portions(500) for order in portion)\n"
        "print(found.count, pieces, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    count, pieces, grown_kb = map(int, done.stdout.split())
    assert (count, pieces) == (ROWS // 2, ROWS)
    # The file has fifty megabytes; nothing that grows with it is held.
    assert path.stat().st_size > 40_000_000
    assert grown_kb < 40_000


def test_hold_no_more_of_a_longer_file(tmp_path: Path) -> None:
    def peak(number: int) -> int:
        path = write(tmp_path / str(number), number)
        tracemalloc.start()
        found = read_orders(path, now=NOW, zone=NOW.tzinfo)  # type: ignore[arg-type]
        for _portion in found.portions(500):
            pass
        found.close()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(8_000) < 1.3 * peak(2_000)


def killed_after(portions: int) -> Any:
    """A progress that ends the process's work, as a kill would, after so many portions."""
    seen = []

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if len(seen) == portions:
            raise KeyboardInterrupt

    return progress


def test_go_on_after_a_kill_and_double_nothing(
    scope: Merchant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "PORTION", 10)
    path = write(tmp_path / "report", 100)
    facts: dict[str, Any] = {"merchant_id": scope.id, "actor": STAFF, "now": NOW}
    with pytest.raises(KeyboardInterrupt):
        orders.apply(path, progress=killed_after(2), **facts)
    assert Order.objects.count() == 20

    done = orders.apply(path, **facts)

    assert (done.added, done.changed, done.skipped) == (30, 0, 20)
    assert (Order.objects.count(), OrderItem.objects.count(), OrderChange.objects.count()) == (50, 100, 0)
    assert OrderBatch.objects.count() == Job.objects.filter(payload__has_key="batch").count() == 5


def test_note_where_orders_came_from_and_what_changed(scope: Merchant, tmp_path: Path) -> None:
    path = tmp_path / "report"
    facts: dict[str, Any] = {"merchant_id": scope.id, "actor": STAFF}
    path.write_bytes(amazon_report(ROW))
    orders.apply(path, now=NOW, file_name="october.txt", **facts)
    path.write_bytes(amazon_report(ROW | {"order-status": "Cancelled", "last-updated-date": "2026-11-19T00:00:00Z"}))
    orders.apply(path, now=NOW + timedelta(hours=1), file_name="november.txt", **facts)

    order = Order.objects.get()
    change = OrderChange.objects.get()
    first, second = (OrderBatch.objects.get(id=str(one)) for one in (order.first_batch, change.batch))
    assert (first.file_name, second.file_name, order.batch) == ("october.txt", "november.txt", second.id)
    assert change.changes["status"] == ["shipped", "cancelled"]


def test_repeat_nothing_about_the_buyer_in_what_changed(scope: Merchant, tmp_path: Path) -> None:
    path = tmp_path / "report"
    for code in ("97205-1234", "10115"):
        path.write_bytes(amazon_report(ROW | {"ship-postal-code": code}))
        orders.apply(path, merchant_id=scope.id, actor=STAFF, now=NOW)

    assert OrderChange.objects.get().changes == {"buyer": []}
