"""Files of purchases and of members: whole or not at all, line by line in words, and twice is once."""

import gzip
import io
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from claims_center.models import Claim
from cockpit import members
from customers.models import Customer, CustomerToken
from jobs.models import Job
from ledger.models import Entry, Grant
from ledger.selectors import usable_balance
from ledger.services import expire_due
from ledger.units import Unit
from loyalty.checks import check_rewards
from loyalty.imports import purchases
from loyalty.models import Purchase
from loyalty.states import Expiry
from tenancy.actors import Actor
from tenancy.imports import records
from tenancy.imports.contract import FileRefused, Outcome
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim
from tests.loyalty import factories as make
from tests.loyalty.test_points import buy, rules

ANN = Actor("user", uuid.UUID(int=1))
HEAD = "reference,card_number,email,amount,currency,occurred_at"
MEMBERS = "card_number,email,phone,first_name,last_name,birthday,city,country"


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def written(*lines: str, name: str = "rows.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


def bring(path: Path, scope: Merchant, what: Any = purchases) -> Outcome:
    done: Outcome = what.apply(path, merchant_id=scope.id, actor=ANN, now=timezone.now())
    return done


def refused(path: Path, scope: Merchant, what: Any = purchases) -> list[str]:
    """Return why a file is refused, by the preview and by the import alike; nothing of it may be written."""
    before = (Purchase.objects.count(), Customer.objects.count(), Entry.objects.count())
    looked = what.preview(path, merchant_id=scope.id, now=timezone.now())
    with pytest.raises(FileRefused) as refusal:
        bring(path, scope, what)
    assert [str(one) for one in looked.problems] == [str(one) for one in refusal.value.problems]
    assert looked.refused == refusal.value.refused
    assert before == (Purchase.objects.count(), Customer.objects.count(), Entry.objects.count())
    return [str(one) for one in refusal.value.problems]


@pytest.fixture
def cards(scope: Merchant) -> Merchant:
    """Two customers, one with a card and one with an address."""
    make.customer(card_number="C-1", email="ann@example.com")
    make.customer(card_number="C-2", email="ben@example.com")
    return scope


@pytest.mark.django_db
def test_purchases_earn_as_of_their_own_time(cards: Merchant, file: Any) -> None:
    rules(points_per_unit=2, lock_days=3, expiry=Expiry.AFTER_DAYS, expiry_days=30)
    path = file(HEAD, "A-1,C-1,,12.60,USD,2026-01-05T10:00:00+01:00", "A-2,,BEN@example.com,0.00,,2026-02-01")

    done = bring(path, cards)

    first = Purchase.objects.get(reference="A-1")
    lot = Grant.objects.get(id=first.grant_id)
    assert done == Outcome(added=2)
    assert (first.points_earned, lot.amount, first.amount) == (25, 25, Decimal("12.60"))
    assert first.occurred_at == lot.earned_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert (lot.usable_from, lot.expires_at) == (
        datetime(2026, 1, 8, 9, tzinfo=UTC),
        datetime(2026, 2, 4, 9, tzinfo=UTC),
    )
    other = Purchase.objects.get(reference="A-2")
    assert (other.points_earned, other.grant_id, other.currency) == (0, None, "USD")
    assert Entry.objects.get(id=other.entry_id).event == "purchase.recorded"
    assert check_rewards(cards.id) == []


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing(cards: Merchant, file: Any) -> None:
    rules()
    path = file(HEAD, *(f"A-{n},C-{n % 2 + 1},,{n}.00,USD,2026-01-05" for n in range(30)))

    assert bring(path, cards) == Outcome(added=30)
    stood = set(Entry.objects.values_list("id", flat=True))

    assert bring(path, cards) == Outcome(skipped=30)
    assert purchases.preview(path, merchant_id=cards.id, now=timezone.now()).skipped == 30
    assert set(Entry.objects.values_list("id", flat=True)) == stood
    assert AuditEvent.objects.filter(action="purchases.imported").count() == 1


@pytest.mark.django_db
def test_a_tills_purchase_and_a_files_are_the_same(cards: Merchant, file: Any) -> None:
    rules()
    who = Customer.objects.get(card_number="C-1")
    buy(who, "20.00", reference="T-1")

    assert bring(file(HEAD, "T-1,C-1,,20,USD,2026-01-05"), cards) == Outcome(skipped=1)
    assert "recorded before" in refused(file(HEAD, "T-1,C-1,,21.00,USD,2026-01-05"), cards)[0]
    assert buy(who, "20.00", reference="T-1").points_earned == 20
    assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 20


@pytest.mark.django_db
def test_a_lot_that_had_ended_long_ago_is_expired_at_once(cards: Merchant, file: Any) -> None:
    rules(expiry=Expiry.AFTER_DAYS, expiry_days=30)
    bring(file(HEAD, "A-1,C-1,,50.00,USD,2024-01-05"), cards)
    who = Customer.objects.get(card_number="C-1")

    assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 0
    assert expire_due(unit=Unit.POINT, actor=ANN, now=timezone.now()).amount == 50


BAD = [
    ("A-1,C-9,,5.00,USD,2026-01-05", "line 2: No customer has the card number “C-9”."),
    ("A-1,,nobody@example.com,5.00,USD,2026-01-05", "line 2: No customer has the e-mail address of this row."),
    ("A-1,C-1,ben@example.com,5.00,USD,2026-01-05", "the e-mail address another's"),
    ("A-1,,,5.00,USD,2026-01-05", "neither a card number nor an e-mail address"),
    (",C-1,,5.00,USD,2026-01-05", "The reference is missing."),
    ("2.00012E+14,C-1,,5.00,USD,2026-01-05", "shortened by a spreadsheet"),
    (f"{'x' * 121},C-1,,5.00,USD,2026-01-05", "longer than 120 characters"),
    ("A-1,C-1,,,USD,2026-01-05", "The amount is missing."),
    ("A-1,C-1,,-5.00,USD,2026-01-05", "is no amount"),
    ("A-1,C-1,,five,USD,2026-01-05", "is no amount"),
    ("A-1,C-1,,5.00,EUR,2026-01-05", "Amounts have to be in USD."),
    ("A-1,C-1,,5.00,USD,05/01/2026", "is no date"),
    ("A-1,C-1,,5.00,USD,2099-01-05", "lies in the future"),
    ("A-1,C-1,,5.00,USD,", "is no date"),
    ("A-1,C-1,,5.00,USD,2026-01-05,more", "more cells than the header"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "reason"), BAD)
def test_a_bad_line_refuses_the_whole_file(cards: Merchant, file: Any, row: str, reason: str) -> None:
    rules()

    reasons = refused(file(HEAD, row, "A-2,C-1,,5.00,USD,2026-01-05"), cards)

    assert len(reasons) == 1
    assert reason in reasons[0]
    assert reasons[0].startswith("line 2: ")


@pytest.mark.django_db
def test_a_reference_twice_with_other_contents_is_refused(cards: Merchant, file: Any) -> None:
    rules()
    same = "A-1,C-1,,5.00,USD,2026-01-05"

    assert "stands twice" in refused(file(HEAD, same, "A-1,C-1,,6.00,USD,2026-01-05"), cards)[0]
    assert bring(file(HEAD, same, same), cards) == Outcome(added=1, skipped=1)


HEADERS = [
    ("reference,card_number,amount", "The column “occurred_at” is missing."),
    ("reference,amount,occurred_at", "One of the columns card_number, email has to be there."),
    (f"{HEAD},basket", "The column “basket” is not known"),
    (f"{HEAD},amount", "The column “amount” is there twice."),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("head", "reason"), HEADERS)
def test_a_header_that_is_not_understood_is_refused(cards: Merchant, file: Any, head: str, reason: str) -> None:
    assert reason in refused(file(head, "x"), cards)[0]


@pytest.mark.django_db
def test_columns_are_found_by_header_in_any_order_and_dress(cards: Merchant, file: Any) -> None:
    rules()
    path = file("\ufeffOccurred_At;AMOUNT; email ;reference", "2026-01-05T08:00;7.5;ann@example.com;A-1")

    assert bring(path, cards) == Outcome(added=1)
    assert Purchase.objects.get().amount == Decimal("7.50")


@pytest.mark.django_db
def test_an_empty_file_and_one_without_rows_are_refused(cards: Merchant, file: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")

    assert refused(empty, cards) == ["The file is empty."]
    assert refused(file(HEAD), cards) == ["The file has a header, but no rows."]


@pytest.mark.django_db
def test_portions_join(cards: Merchant, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "PORTION", 4)
    rules()
    told: list[tuple[int, int]] = []
    lines = [f"A-{n},C-1,,1.00,USD,2026-01-05" for n in range(10)]
    path = file(HEAD, *lines, lines[1])

    done = purchases.apply(
        path, merchant_id=cards.id, actor=ANN, now=timezone.now(), progress=lambda *step: told.append(step)
    )

    assert done == Outcome(added=10, skipped=1)
    assert told[-3:] == [(4, 11), (8, 11), (11, 11)]


@pytest.mark.django_db(transaction=True)
def test_two_imports_and_a_till_at_once_record_each_purchase_once(
    merchant: Merchant, together: Callable[..., Any], file: Any
) -> None:
    with merchant_scope(merchant):
        rules()
        who = make.customer(card_number="C-1")
    path = file(HEAD, *(f"A-{n},C-1,,10.00,USD,2026-01-05" for n in range(60)))

    def one(kind: str) -> Any:
        if kind == "file":
            return bring(path, merchant).added
        with merchant_scope(merchant):
            for n in range(0, 60, 7):
                buy(who, "10.00", reference=f"A-{n}")
        return 0

    outcomes = together(one, [("file",), ("till",), ("file",), ("till",)])

    assert [each.error for each in outcomes] == [None] * 4
    with merchant_scope(merchant):
        assert Purchase.objects.count() == 60
        assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 600
        assert check_rewards(merchant.id) == []


@pytest.mark.django_db
def test_command_says_what_was_done(
    cards: Merchant, file: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules()
    path = file(HEAD, "A-1,C-1,,5.00,USD,2026-01-05", "A-2,C-1,,6.00,USD,2026-01-05")

    call_command("import_purchases", "--merchant", cards.slug, "--dry-run", str(path))
    assert capsys.readouterr().out == "added 2, changed 0, skipped 0, refused 0\n"
    assert not Purchase.objects.exists()
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    call_command("import_purchases", "--merchant", cards.slug, str(packed))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    call_command("import_purchases", "--merchant", cards.slug, "-")

    assert capsys.readouterr().out == (
        "added 2, changed 0, skipped 0, refused 0\nadded 0, changed 0, skipped 2, refused 0\n"
    )
    with pytest.raises(CommandError, match="no merchant"):
        call_command("import_purchases", "--merchant", "nobody", str(path))


@pytest.mark.django_db
@pytest.mark.parametrize("extra", [[], ["--dry-run"]])
def test_command_refuses_with_lines_and_ends_with_one(
    cards: Merchant, file: Any, capsys: pytest.CaptureFixture[str], extra: list[str]
) -> None:
    path = file(HEAD, "A-1,C-1,,5.00,USD,2026-01-05", "A-2,C-9,,6.00,USD,2026-01-05", "A-3,C-1,,x,USD,2026-01-05")

    with pytest.raises(SystemExit) as ended:
        call_command("import_purchases", "--merchant", cards.slug, *extra, str(path))

    said = capsys.readouterr()
    assert ended.value.code == 1
    assert said.out == "added 0, changed 0, skipped 0, refused 2\n"
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["line 3", "line 4"]


@pytest.mark.django_db
def test_members_are_added_completed_and_left_alone(scope: Merchant, file: Any) -> None:
    known = make.customer(card_number="C-1", email="ann@example.com", first_name="Ann", city="Leeds")
    path = file(
        MEMBERS,
        "C-1,,,Anna,,1990-02-28,,",
        "C-2,ben@example.com,+44 20 7946 0018,Ben,Moor,,York,United Kingdom",
        ",,0044 161 496 0000,Cy,,,,GB",
    )

    assert bring(path, scope, members) == Outcome(added=2, changed=1)

    known.refresh_from_db()
    assert (known.first_name, known.city, known.email) == ("Anna", "Leeds", "ann@example.com")
    ben = Customer.objects.get(email_norm="ben@example.com")
    assert (ben.country, ben.phone_norm, ben.last_name) == ("GB", "+442079460018", "Moor")
    assert set(CustomerToken.objects.filter(row=ben).values_list("token", flat=True)) >= {"ben", "moor", "c2"}
    assert CustomerToken.objects.filter(row=known, token="anna").exists()
    assert bring(path, scope, members) == Outcome(skipped=3)
    assert AuditEvent.objects.filter(action="members.imported").count() == 1


BAD_MEMBERS = [
    (",,,Ann,,,,", "no card number, no e-mail address and no phone number"),
    ("C-1,nonsense,,Ann,,,,", "is no e-mail address"),
    ("C-1,,,Ann,,30.02.1990,,", "in birthday is no such day"),
    ("C-1,,,Ann,,2099-01-01,,", "in birthday is no such day"),
    ("C-1,,,Ann,,,,Atlantis", "is no country"),
    ("C-1,,call me,Ann,,,,", "is no phone number"),
    ("4.00012E+14,,,Ann,,,,", "shortened by a spreadsheet"),
    (f"C-1,,,{'x' * 121},,,,", "longer than 120 characters"),
    ("C-7,ben@example.com,,,,,,", "another's"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "reason"), BAD_MEMBERS)
def test_a_bad_member_refuses_the_whole_file(scope: Merchant, file: Any, row: str, reason: str) -> None:
    make.customer(card_number="C-7", email="")
    make.customer(email="ben@example.com")

    reasons = refused(file(MEMBERS, row, "C-8,,,Dee,,,,"), scope, members)

    assert len(reasons) == 1
    assert reason in reasons[0]


@pytest.mark.django_db
def test_a_member_twice_in_a_file_is_refused(scope: Merchant, file: Any) -> None:
    make.customer(card_number="C-1", email="ann@example.com")
    for rows in (["C-5,,,A,,,,", "C-5,,,B,,,,"], ["C-1,,,A,,,,", ",ANN@example.com,,B,,,,"]):
        assert "same member as in line 2" in refused(file(MEMBERS, *rows), scope, members)[0]
    make.customer(email="", phone="555 1234")
    make.customer(email="", phone="5551234")
    assert "Several customers" in refused(file(MEMBERS, ",,555-1234,A,,,,"), scope, members)[0]


@pytest.mark.django_db
def test_a_changed_name_is_carried_to_claims(scope: Merchant, file: Any) -> None:
    claim = make_claim(funnel_with())
    path = file("email,first_name", f"{claim.customer_email},Renée")

    bring(path, scope, members)

    job = Job.objects.get(kind="claims.refresh_copies")
    assert job.payload == {"source": "customer", "id": str(Claim.objects.get().customer_id)}


@pytest.mark.django_db
def test_changed_details_are_carried_to_redeemed_rewards(scope: Merchant, file: Any) -> None:
    who = make.customer(card_number="C-1", email="old@example.com")
    make.points(who, 200)
    row = make.take(make.reward(), who)

    bring(file("card_number,email,phone,last_name", "C-1,new@example.com,555 1234,Sund"), scope, members)

    row.refresh_from_db()
    assert (row.customer_email, row.customer_phone, row.customer_last_name) == ("new@example.com", "555 1234", "Sund")
    words = set(row.tokens.values_list("token", flat=True))
    assert {"new@example.com", "5551234", "sund"} <= words
    assert "old@example.com" not in words


@pytest.mark.django_db
def test_members_command(scope: Merchant, file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(MEMBERS, "C-1,,,Ann,,,,")

    call_command("import_members", "--merchant", scope.slug, str(path))

    assert capsys.readouterr().out == "added 1, changed 0, skipped 0, refused 0\n"
    assert Customer.objects.get().created_at > timezone.now() - timedelta(minutes=5)
