"""New responses in a file: as of their own time, once, whole or not at all."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from codes.models import Code
from customers.models import Customer
from ledger.models import Entry, Grant
from offers import expiry
from offers.imports import responses
from offers.models import OfferChange, OfferResponse, OfferTaken, OfferToken
from offers.states import PeriodKind, Source, Status
from offers.usage import status_of
from tenancy.imports.contract import Outcome
from tenancy.models import AuditEvent, Merchant
from tests.offers import factories as make
from tests.offers.importing import NEW, Writer, bring, clean, old_offer, refused, writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Writer:
    return writer(tmp_path)


@pytest.fixture
def cards(scope: Merchant) -> Merchant:
    """Two members, one with a card and one with an address, and an offer."""
    make.member(card_number="C-1", email="ann@example.com", first_name="Ann")
    make.member(card_number="C-2", email="ben@example.com", first_name="Ben")
    old_offer()
    return scope


def test_bring_a_response_in_as_of_its_own_time(cards: Merchant, file: Writer) -> None:
    done = bring(file(NEW, "Ten off,C-1,,2025-01-05T10:00:00+01:00,2031-02-01,,,,"), cards)

    row = OfferResponse.objects.get()
    entry, voucher, change = (
        Entry.objects.get(id=row.entry_id),
        Grant.objects.get(id=row.grant_id),
        OfferChange.objects.get(),
    )
    assert done == Outcome(added=1)
    assert row.issued_at == entry.occurred_at == change.at == voucher.earned_at == datetime(2025, 1, 5, 9, tzinfo=UTC)
    # The end is a day of the merchant's: valid until before the next one.
    assert row.expires_at == voucher.expires_at == datetime(2031, 2, 2, tzinfo=UTC)
    assert (row.status, row.source, row.version, entry.event) == ("pending", Source.IMPORT, 1, "offer.issued")
    assert (row.member_name, change.reason, voucher.remaining) == ("Ann Lind", "Imported from rows.csv", 1)
    assert set(OfferToken.objects.filter(row=row).values_list("token", flat=True)) >= {"ann", "ten", "c1"}
    assert AuditEvent.objects.get(action="responses.imported").after == {"added": 1, "changed": 0, "file": "rows.csv"}
    assert clean(cards)


def test_bring_what_was_used_and_what_expired_to_its_end(cards: Merchant, file: Writer) -> None:
    path = file(
        NEW,
        "Ten off,C-1,,2025-01-05,2025-03-01,completed,2025-01-09T12:00,T-77,",
        "Ten off,C-2,,2025-01-05,2025-03-01,expired,,,",
        "Ten off,,ben@example.com,2025-01-06,2025-03-01,clipped,,,",
    )

    assert bring(path, cards) == Outcome(added=3)

    used, gone, late = OfferResponse.objects.order_by("issued_at", "customer__card_number")
    assert (used.status, used.status_before, used.reference, used.version) == ("completed", "pending", "T-77", 2)
    assert used.completed_at == used.closed_at == datetime(2025, 1, 9, 12, tzinfo=UTC)
    assert Entry.objects.get(id=used.closed_entry_id).occurred_at == used.completed_at
    assert (gone.status, gone.closed_at) == ("expired", gone.expires_at)
    # What waited past its end is expired the moment anybody looks, and a job writes it down.
    assert (late.status, status_of(late, at=timezone.now())) == ("clipped", Status.EXPIRED)
    assert [one.event for one in used.changes.order_by("seq")] == ["offer.issued", "offer.completed"]
    assert clean(cards)
    assert expiry.expire_due(now=timezone.now()) == 1
    assert clean(cards)


def test_the_same_file_again_changes_nothing(cards: Merchant, file: Writer) -> None:
    rows = [f"Ten off,C-{n % 2 + 1},,2025-01-{n + 1:02},2031-01-01,,,," for n in range(20)]
    path = file(NEW, *rows, rows[3], "Ten off,C-1,,2025-01-01,,,,,two", "Ten off,C-1,,2025-01-01,,,,,three")

    assert bring(path, cards) == Outcome(added=22, skipped=1)
    stood = set(Entry.objects.values_list("id", flat=True))

    assert bring(path, cards) == Outcome(skipped=23)
    assert responses.preview(path, merchant_id=cards.id, now=timezone.now()).skipped == 23
    assert set(Entry.objects.values_list("id", flat=True)) == stood
    assert AuditEvent.objects.filter(action="responses.imported").count() == 1


BAD = [
    ("Eleven off,C-1,,2025-01-05,,,,,", "There is no offer “Eleven off”."),
    ("Twins,C-1,,2025-01-05,,,,,", "Several offers are called “Twins”."),
    ("Draft,C-1,,2025-01-05,,,,,", "not open at the moment"),
    ("Summer,C-1,,2025-09-05,,,,,", "not open at the moment"),
    ("Ten off,C-9,,2025-01-05,,,,,", "No customer has the card number “C-9”."),
    ("Ten off,,nobody@example.com,2025-01-05,,,,,", "No customer has the e-mail address of this row."),
    ("Ten off,C-1,ben@example.com,2025-01-05,,,,,", "the e-mail address another's"),
    ("Ten off,,,2025-01-05,,,,,", "neither a card number nor an e-mail address"),
    (",C-1,,2025-01-05,,,,,", "neither the id of a response nor an offer"),
    ("Ten off,C-1,,,,,,,", "The column “issued_at” is empty."),
    ("Ten off,C-1,,soon,,,,,", "is no date"),
    ("Ten off,C-1,,2099-01-05,,,,,", "lies in the future"),
    ("Ten off,C-1,,2025-01-05,2025-01-04T10:00,,,,", "It ends before it was issued."),
    ("Ten off,C-1,,2025-01-05,,used,,,", "“used” is no status; known are pending, clipped"),
    ("Ten off,C-1,,2025-01-05,,shipping,,,", "A new response cannot come as “Shipping”."),
    ("Ten off,C-1,,2025-01-05,,completed,,,", "The column “completed_at” is empty."),
    ("Ten off,C-1,,2025-01-05,2025-02-01,completed,2025-03-01,,", "This response has expired."),
    ("Ten off,C-1,,2025-01-05,,completed,2025-01-04,,", "It was completed before it was issued."),
    ("Ten off,C-1,,2025-01-05,,pending,2025-01-09,,", "belongs to completed responses"),
    ("Ten off,C-1,,2025-01-05,2099-01-01,expired,,,", "needs the time in “expires_at” when it ended"),
    ("Later,C-1,,2025-01-05,,completed,2025-01-09,,", "outside its usage period"),
    ("Ten off,2.00012E+14,,2025-01-05,,,,,", "shortened by a spreadsheet"),
    (f"Ten off,C-1,,2025-01-05,,,,,{'x' * 101}", "longer than 100 characters"),
    ("Once,C-1,,2025-01-05,,,,,", "as often as one member may"),
    ("Pooled,C-1,,2025-01-05,,,,,", "Nothing is left of this offer."),
]


@pytest.mark.parametrize(("row", "reason"), BAD)
def test_a_bad_line_refuses_the_whole_file(cards: Merchant, file: Writer, row: str, reason: str) -> None:
    for _ in range(2):
        make.offer(name="Twins")
    make.offer(name="Draft", published_at=None)
    make.offer(name="Summer", effectivity_kind=PeriodKind.FIXED, effectivity_to=datetime(2025, 9, 1, tzinfo=UTC))
    make.offer(name="Later", usage_kind=PeriodKind.FIXED, usage_from=datetime(2025, 6, 1, tzinfo=UTC))
    make.give(make.offer(name="Once", member_limit=1), Customer.objects.get(card_number="C-1"))
    make.offer(name="Pooled", pool=make.pool(0))

    reasons = refused(file(NEW, row, "Ten off,C-2,,2025-01-05,,,,,"), cards)

    assert len(reasons) == 1
    assert reason in reasons[0]
    assert reasons[0].startswith("line 2: ")


def test_limits_and_codes_are_taken_by_a_file_too(cards: Merchant, file: Writer) -> None:
    make.offer(name="Two each", member_limit=2, total_limit=3, pool=make.pool(5))
    rows = [f"Two each,C-{who},,2025-01-0{day},,,,," for who, day in ((1, 1), (1, 2), (2, 3))]

    assert bring(file(NEW, *rows), cards) == Outcome(added=3)

    assert sorted(OfferTaken.objects.values_list("taken", flat=True)) == [1, 2]
    assert Code.objects.filter(state="taken").count() == 3
    assert {len(one) for one in OfferResponse.objects.values_list("code_value", flat=True)} == {10}
    assert "as often as" in refused(file(NEW, *rows, "Two each,C-1,,2025-01-09,,,,,"), cards)[0]
    assert "Nothing is left" in refused(file(NEW, "Two each,C-2,,2025-01-09,,,,,"), cards)[0]
    assert clean(cards)


def test_what_a_file_brings_counts_while_it_is_looked_at(cards: Merchant, file: Writer) -> None:
    make.offer(name="Two", total_limit=2)
    rows = [f"Two,C-1,,2025-01-0{day},,,,," for day in (1, 2, 3)]

    assert refused(file(NEW, *rows), cards) == ["line 4: Nothing is left of this offer."]
    make.offer(name="One code", pool=make.pool(1))
    assert refused(file(NEW, *(row.replace("Two", "One code") for row in rows)), cards) == [
        "line 3: Nothing is left of this offer.",
        "line 4: Nothing is left of this offer.",
    ]


def test_a_key_names_one_response(cards: Merchant, file: Writer) -> None:
    bring(file(NEW, "Ten off,C-1,,2025-01-05,,,,,K-1"), cards)

    assert "brought in before" in refused(file(NEW, "Ten off,C-2,,2025-01-05,,,,,K-1"), cards)[0]
    twice = ("Ten off,C-1,,2025-01-05,,,,,K-2", "Ten off,C-1,,2025-01-06,,,,,K-2")
    assert "stands further up" in refused(file(NEW, *twice), cards)[0]


def test_a_response_that_was_used_elsewhere_had_been_clipped(cards: Merchant, file: Writer) -> None:
    make.offer(name="Clip me", needs_clip=True)
    bring(file(NEW, "Clip me,C-1,,2025-01-05,,completed,2025-01-06,,", "Clip me,C-2,,2025-01-05,,,,,"), cards)

    used, waits = OfferResponse.objects.order_by("-status_before")
    assert (used.status_before, used.clipped_at, waits.status) == ("clipped", used.issued_at, "pending")
    assert clean(cards)


def test_an_offer_goes_by_its_id_too(cards: Merchant, file: Writer) -> None:
    one, _other = make.offer(name="Twins"), make.offer(name="Twins")

    bring(file(NEW, f"{one.id},C-1,,2025-01-05,,,,,"), cards)

    assert OfferResponse.objects.get().offer_id == one.id


HEADERS = [
    ("card_number,issued_at", "One of the columns id, offer has to be there."),
    ("offer,card_number,issued_at,coupon", "The column “coupon” is not known"),
    ("offer,offer,card_number", "The column “offer” is there twice."),
]


@pytest.mark.parametrize(("head", "reason"), HEADERS)
def test_a_header_that_is_not_understood_is_refused(cards: Merchant, file: Writer, head: str, reason: str) -> None:
    assert reason in refused(file(head, "x"), cards)[0]


def test_command_says_what_was_done(cards: Merchant, file: Writer, capsys: Any) -> None:
    path = file(NEW, "Ten off,C-1,,2025-01-05,,,,,", "Ten off,C-2,,2025-01-05,,,,,")

    call_command("import_responses", "--merchant", cards.slug, "--dry-run", str(path))
    assert not OfferResponse.objects.exists()
    call_command("import_responses", "--merchant", cards.slug, str(path))
    call_command("import_responses", "--merchant", cards.slug, str(path))

    assert capsys.readouterr().out.splitlines() == [
        "added 2, changed 0, skipped 0, refused 0",
        "added 2, changed 0, skipped 0, refused 0",
        "added 0, changed 0, skipped 2, refused 0",
    ]
    with pytest.raises(SystemExit):
        call_command("import_responses", "--merchant", cards.slug, str(file(NEW, "Ten off,C-9,,2025-01-05,,,,,")))
    assert "line 2: No customer has" in capsys.readouterr().err


def test_changed_names_of_members_reach_what_was_brought_in(cards: Merchant, file: Writer, tmp_path: Path) -> None:
    from cockpit import members  # noqa: PLC0415 - the upper floor's importer, here alone

    bring(file(NEW, "Ten off,C-1,,2025-01-05,,,,,"), cards)
    people = file("card_number,first_name,last_name", "C-1,Zoe,Alder", name="members.csv")

    members.apply(people, merchant_id=cards.id, actor=make.STAFF, now=timezone.now())

    row = OfferResponse.objects.get()
    assert row.member_name == "Zoe Alder"
    assert set(OfferToken.objects.filter(row=row).values_list("token", flat=True)) >= {"zoe", "alder", "c1", "ten"}
    assert row.issued_at < timezone.now() - timedelta(days=30)
