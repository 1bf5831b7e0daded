"""The ledger's page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.services import gifts, processing
from claims_center.states import Event
from cockpit.timeline import LABELS
from ledger.models import LedgerCheck
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_claim, path, sign_in
from tests.support.counting import queries_of


@pytest.fixture
def viewer(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.VIEWER)


def fill(merchant: Merchant, count: int) -> None:
    """So many claims, each gifted; the first one processed."""
    with merchant_scope(merchant):
        funnel = funnel_with()
        for number in range(count):
            claim = make_claim(funnel, email=f"c{number}@example.com")
            gifts.send_gift(claim_id=claim.id, reason="x", actor=Actor.system(), now=NOW)
            if number == 0:
                processing.mark_processed(claim_id=claim.id, actor=Actor.system(), now=NOW)


def test_show_entries_and_figures(viewer: Client, merchant: Merchant) -> None:
    fill(merchant, 2)
    page = viewer.get(path(merchant, "ledger"))
    (vouchers,) = page.context["view"].books
    assert (vouchers.issued, vouchers.spent, vouchers.expired, vouchers.outstanding) == (2, 1, 0, 1)
    text = page.content.decode()
    for shown in (
        "Gift sent by e-mail",
        "Marked as processed",
        "+1 voucher",
        "\N{MINUS SIGN}1 voucher",
        "Not checked yet",
    ):
        assert shown in text


@pytest.mark.parametrize("count", [1, 3])
def test_need_as_many_queries_for_one_as_for_three(viewer: Client, merchant: Merchant, count: int) -> None:
    fill(merchant, count)
    assert len(queries_of(viewer, path(merchant, "ledger"))) == 12


def test_show_the_last_check(viewer: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        check = LedgerCheck.made_with(checked_at=timezone.now() - timedelta(hours=2), ok=True)
        check.save()
    assert "Checked: no findings" in viewer.get(path(merchant, "ledger")).content.decode()
    with merchant_scope(merchant):
        LedgerCheck.objects.update(ok=False, findings=[{"code": "x"}, {"code": "y"}])
    assert "2 findings" in viewer.get(path(merchant, "ledger")).content.decode()


@pytest.mark.parametrize(
    ("query", "rows"),
    [("event=claim.processed", 1), ("event=claim.gift_sent", 2), ("event=zzz", 7), ("sort=-occurred", 7)],
)
def test_narrow_by_event(viewer: Client, merchant: Merchant, query: str, rows: int) -> None:
    fill(merchant, 2)
    assert len(viewer.get(f"{path(merchant, 'ledger')}?{query}").context["page"].rows) == rows


def test_label_every_event_of_a_claim() -> None:
    assert {event.value for event in Event} - set(LABELS) == set()


def test_show_no_entry_of_another_merchant(viewer: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    fill(other_merchant, 1)
    page = viewer.get(path(merchant, "ledger"))
    assert (page.context["page"].rows, page.context["view"].books) == ([], [])
