"""Files, tills and people at the same moment: each response once, no limit passed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from ledger.models import Entry
from offers.errors import Refused
from offers.imports import responses
from offers.models import Offer, OfferResponse
from offers.services import closing
from tenancy.imports.contract import FileRefused
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.offers.importing import KNOWN, NEW, bring, clean, rows_of, writer

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT, ROWS = 5, 5


@pytest.fixture
def limited(merchant: Merchant) -> Offer:
    """An offer of which few are left, and members with cards."""
    with merchant_scope(merchant):
        for number in range(2 * ROWS):
            make.member(card_number=f"C-{number}")
        return make.offer(name="Few", total_limit=LIMIT, member_limit=1)


def files_of(folder: Path) -> list[Path]:
    """Return two files that would each take all that is left."""
    return [
        writer(folder)(
            NEW,
            *(f"Few,C-{number},,2025-01-05,,,,," for number in range(first, first + ROWS)),
            name=f"{first}.csv",
        )
        for first in (0, ROWS)
    ]


def test_the_same_file_twice_at_once_brings_each_response_once(
    merchant: Merchant, together: Callable[..., Any], tmp_path: Path
) -> None:
    with merchant_scope(merchant):
        make.offer(name="Many", pool=make.pool(60))
        make.member(card_number="C-1")
    path = writer(tmp_path)(NEW, *(f"Many,C-1,,2025-01-{day:02},,,,," for day in range(1, 25)))

    outcomes = together(lambda: bring(path, merchant).added, [(), (), ()])

    assert [one.error for one in outcomes] == [None] * 3
    with merchant_scope(merchant):
        assert OfferResponse.objects.count() == 24
        assert Entry.objects.filter(event="offer.issued").count() == 24
        assert clean(merchant)


def test_two_files_and_members_take_no_more_than_there_is(
    merchant: Merchant, limited: Offer, together: Callable[..., Any], tmp_path: Path
) -> None:
    one, other = files_of(tmp_path)

    def run(kind: Any) -> int:
        if kind != "members":
            return _brought(kind, merchant)
        given = 0
        for _ in range(3):
            with merchant_scope(merchant):
                given += _given(limited)
        return given

    outcomes = together(run, [(one,), ("members",), (other,), ("members",)])

    assert [each.error for each in outcomes] == [None] * 4
    with merchant_scope(merchant):
        assert OfferResponse.objects.count() == LIMIT
        assert clean(merchant)


def test_without_the_counter_there_would_be_too_many(
    merchant: Merchant, limited: Offer, together: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: the look beforehand alone holds nothing."""
    monkeypatch.setattr("offers.services.stock.take", lambda **_about: None)
    one, other = files_of(tmp_path)

    together(lambda path: _brought(path, merchant), [(one,), (other,)])

    with merchant_scope(merchant):
        held = OfferResponse.objects.count()
        assert held == 2 * ROWS or not clean(merchant)


def test_a_file_and_staff_at_once_leave_no_response_between_two_ends(
    merchant: Merchant, together: Callable[..., Any], tmp_path: Path
) -> None:
    with merchant_scope(merchant):
        given = [make.give() for _ in range(10)]
    path = writer(tmp_path)(KNOWN, *(line.replace("pending", "completed") for line in rows_of(given)))

    def run(kind: str) -> int:
        if kind == "file":
            return _brought(path, merchant)
        done = 0
        for row in given:
            with merchant_scope(merchant):
                done += _canceled(row)
        return done

    together(run, [("file",), ("staff",)])

    with merchant_scope(merchant):
        ends = OfferResponse.objects.exclude(closed_entry_id=None).count()
        assert ends == Entry.objects.filter(event__in=["offer.completed", "offer.canceled"]).count() == 10
        assert clean(merchant)


def _brought(path: Path, merchant: Merchant) -> int:
    """Bring a file in; one that is refused, because somebody was faster, brings nothing."""
    try:
        return responses.apply(path, merchant_id=merchant.id, actor=make.STAFF, now=timezone.now()).added
    except FileRefused:
        return 0


def _given(offer: Offer) -> int:
    try:
        make.give(offer)
    except Refused:
        return 0
    return 1


def _canceled(row: OfferResponse) -> int:
    try:
        closing.cancel(response_id=row.id, **make.by(make.STAFF, reason="By mistake"))
    except Refused:
        return 0
    return 1
