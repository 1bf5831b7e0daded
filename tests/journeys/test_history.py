"""A year of a grocery chain, a slice of it: members, purchases with their points, offers sent and coupons used.

What comes out is held against figures that a plain CSV reader counts in the chain's own files.
"""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from cockpit import members
from config.history import figures, files, load
from customers.models import Customer
from ledger import checks
from ledger.models import Entry
from ledger.selectors import usable_balance
from ledger.units import Unit
from offers import expiry
from offers.imports import download, responses
from offers.models import OfferResponse
from offers.states import Status
from offers.usage import having_status
from tenancy.actors import Actor
from tenancy.imports.contract import Outcome
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.services.merchants import create_merchant

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def chain() -> Merchant:
    """A chain of shops with its offers, before anything of its history is there."""
    now = timezone.now()
    made = create_merchant(name="Chain", slug="chain", actor=SYSTEM, time_zone="America/New_York", currency="USD")
    with merchant_scope(made):
        load.set_rules(actor=SYSTEM, now=now)
        load.open_offers(files.SLICE, merchant=made, actor=SYSTEM)
    return made


def test_the_history_comes_in_whole_and_once(chain: Merchant, tmp_path: Path) -> None:
    now, wanted = timezone.now(), figures.count(files.SLICE)
    written = files.write(files.SLICE, tmp_path, currency="USD", today=now.date())

    done = load.bring(written, merchant=chain, actor=SYSTEM, now=now)

    assert done == {
        "members": Outcome(added=15),
        "purchases": Outcome(added=972),
        "responses": Outcome(added=wanted.responses),
    }
    with merchant_scope(chain):
        assert load.stored() == wanted
        assert (wanted.points, wanted.completed) == (sum(wanted.points_of.values()), 51)
        entries = Entry.objects.count()
        told = Counter(Entry.objects.values_list("event", flat=True))
        ended = wanted.responses - wanted.completed
        assert told >= Counter(
            {
                "purchase.recorded": 972,
                "offer.issued": wanted.responses,
                "offer.completed": wanted.completed,
                "offer.expired": ended,
            }
        )
        best, points = wanted.points_of.most_common(1)[0]
        customer = Customer.objects.get(card_number=best)
        assert usable_balance(customer_id=customer.id, unit=Unit.POINT, at=now) == points
    assert checks.run(chain.id).findings == []

    again = load.bring(written, merchant=chain, actor=SYSTEM, now=now)

    assert {name: (one.added, one.changed) for name, one in again.items()} == dict.fromkeys(done, (0, 0))
    with merchant_scope(chain):
        assert Entry.objects.count() == entries


def test_what_was_sent_first_is_completed_by_a_sheet(chain: Merchant, tmp_path: Path) -> None:
    now, wanted = timezone.now(), figures.count(files.SLICE)
    written = files.write(files.SLICE, tmp_path, currency="USD", today=date(2017, 1, 1))
    load.bring(written, merchant=chain, actor=SYSTEM, now=now)
    sent = _without_ends(written.responses, tmp_path / "sent.csv")
    other = create_merchant(
        name="Other", slug="other-chain", actor=SYSTEM, time_zone="America/New_York", currency="USD"
    )
    with merchant_scope(other):
        load.open_offers(files.SLICE, merchant=other, actor=SYSTEM)
    members.apply(written.members, merchant_id=other.id, actor=SYSTEM, now=now)

    assert responses.apply(sent, merchant_id=other.id, actor=SYSTEM, now=now) == Outcome(added=wanted.responses)
    sheet = _completed(other, written.responses, tmp_path / "sheet.csv")
    assert responses.apply(sheet, merchant_id=other.id, actor=SYSTEM, now=now) == Outcome(
        changed=wanted.completed, skipped=wanted.responses - wanted.completed
    )

    told = []
    for merchant in (chain, other):
        with merchant_scope(merchant):
            while expiry.expire_due(now=now):
                pass
            rows = OfferResponse.objects.values_list("offer_name", "customer__card_number", "status", "completed_at")
            told.append(sorted(rows, key=str))
            assert not OfferResponse.objects.filter(having_status(Status.PENDING, at=now)).exists()
    assert told[0] == told[1]
    assert checks.run(other.id).findings == []


def _without_ends(path: Path, out: Path) -> Path:
    """Write the responses as they were sent, before anybody used one."""
    lines = [row | {"status": "", "completed_at": "", "reference": ""} for row in files.rows(path)]
    return _write(out, lines)


def _completed(merchant: Merchant, path: Path, out: Path) -> Path:
    """Edit the file that the merchant downloads: what was used, and when."""
    used: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in files.rows(path):
        if row["status"] == "completed":
            used.setdefault((row["offer"], row["card_number"]), []).append(row)
    out.write_text("".join(download.lines(merchant_id=merchant.id, query="", zone=timezone.get_current_timezone())))
    with out.open(encoding="utf-8-sig", newline="") as file:
        sheet = list(csv.DictReader(file))
    for row in sheet:
        row["status"] = "pending" if row["status"] == "expired" else row["status"]
        if coupons := used.get((row["offer_name"], row["card_number"])):
            coupon = coupons.pop()
            row |= {"status": "completed", "completed_at": coupon["completed_at"], "reference": coupon["reference"]}
    return _write(out, sheet)


def _write(out: Path, lines: list[dict[str, str]]) -> Path:
    with out.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, list(lines[0]))
        rows.writeheader()
        rows.writerows(lines)
    return out


def test_moved_in_time_by_whole_days() -> None:
    first, moved = files.campaigns(files.SLICE)[0], files.campaigns(files.SLICE, shift=timedelta(days=7))[0]

    assert (moved.first - first.first, moved.last - first.last, moved.name) == (timedelta(7), timedelta(7), first.name)
