"""Bringing reports in, as the tests of formats need it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claims_center.imports import orders
from claims_center.models import Order
from jobs.models import Job
from tenancy.imports.contract import FileRefused, Outcome
from tenancy.models import Merchant
from tests.claims_center.factories import NOW, STAFF


@pytest.fixture
def bring(scope: Merchant, tmp_path: Path) -> Callable[[bytes], Outcome]:
    """Imports a report for the merchant in scope."""

    def bring_in(content: bytes) -> Outcome:
        path = tmp_path / "report"
        path.write_bytes(content)
        return orders.apply(path, merchant_id=scope.id, actor=STAFF, now=NOW)

    return bring_in


def reasons(bring: Any, content: bytes) -> list[str]:
    """Return why a file is refused; it must leave nothing behind."""
    with pytest.raises(FileRefused) as refusal:
        bring(content)
    assert not Order.objects.exists()
    assert not Job.objects.exists()
    return [str(problem) for problem in refusal.value.problems]
