"""Saying what the columns of a file mean: guessed, remembered, refused where it does not fit together."""

import csv
import gzip
import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from claims_center.models import Order
from config.history.files import SLICE
from exports.models import ImportColumn
from loyalty.models import LoyaltySettings, PointAdjustment, Purchase
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path
from tests.exports.importing import act, brought, named, run_at, send, sent, told, work
from tests.loyalty import factories as loyalty
from tests.support.counting import queries_of

OWN = "Mitglied;Punkte;Grund;Beleg;Filiale\nC-1;100;Sorry;A;Nord\n"


def columns(client: Client, merchant: Merchant, run: Any) -> Any:
    return client.get(path(merchant, "imports", run.id, "columns"))


def chosen(page: Any) -> list[str]:
    """What is chosen for each column to begin with."""
    return [line.choice.value() for line in page.context["form"].lines()]


def test_guess_columns_by_what_others_call_them(admin: Client, merchant: Merchant) -> None:
    run = sent(admin, merchant, "Card No.,Bonus points,Why,Ref\nC-1,100,Sorry,A\n", dataset="points")
    assert admin.get(path(merchant, "imports", run.id))["Location"] == path(merchant, "imports", run.id, "columns")
    page = columns(admin, merchant, run)
    assert chosen(page) == ["card_number", "points", "reason", "reference"]
    for shown in ("Card No.", "C-1", "Everything that is needed was found", "Leave out"):
        assert shown in page.content.decode()


def test_say_in_words_what_is_missing(admin: Client, merchant: Merchant) -> None:
    run = sent(admin, merchant, OWN, dataset="points")
    page = columns(admin, merchant, run).content.decode()
    assert "No column means “Reference”." in page
    assert "One of the columns has to mean “Card number”, “E-mail”." in page
    answer = admin.post(path(merchant, "imports", run.id, "columns"), {"column_1": "points"})
    assert (answer.status_code, "No column means “Reference”, “Reason”." in answer.content.decode()) == (422, True)
    assert run_at(merchant, run.id).state == "columns"


def test_remember_what_a_person_said(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(merchant):
        loyalty.customer(card_number="C-1")
    said = {"column_0": "card_number", "column_3": "reference"}
    run = brought(admin, merchant, OWN, dataset="points", **said)
    assert (run.columns, run.added) == (["card_number", "points", "reason", "reference", ""], 1)
    again = sent(admin, merchant, OWN.replace("A;", "B;"), dataset="points")
    assert chosen(columns(admin, merchant, again)) == run.columns
    # Files of another kind know nothing of it.
    members = sent(admin, merchant, OWN, dataset="members")
    assert chosen(columns(admin, merchant, members))[3] == ""
    with merchant_scope(merchant):
        assert ImportColumn.objects.count() == 5
    with merchant_scope(other_merchant):
        assert ImportColumn.objects.count() == 0


def test_remember_that_a_column_was_left_out(admin: Client, merchant: Merchant) -> None:
    text = "reference,email,points,reason,card\nA,x@example.com,1,Why,C-1\n"
    named(admin, merchant, sent(admin, merchant, text, dataset="points"), column_4="")
    assert chosen(columns(admin, merchant, sent(admin, merchant, text, dataset="points")))[4] == ""


def test_refuse_two_columns_that_mean_the_same(admin: Client, merchant: Merchant) -> None:
    run = sent(admin, merchant, "reference,points,reason,card,card 2\nA,1,Why,C-1,C-2\n", dataset="points")
    body = {
        f"column_{n}": name for n, name in enumerate(("reference", "points", "reason", "card_number", "card_number"))
    }
    answer = admin.post(path(merchant, "imports", run.id, "columns"), body)
    assert (answer.status_code, "Two columns mean “Card number”." in answer.content.decode()) == (422, True)


def test_name_columns_anew_until_the_file_is_applied(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        loyalty.customer(card_number="C-1")
    text = "reference,points,reason,card,old card\nA,1,Why,C-9,C-1\n"
    run = named(admin, merchant, sent(admin, merchant, text, dataset="points"))
    assert run.state == "refused"
    mended = named(admin, merchant, run, column_3="", column_4="card_number")
    assert (mended.state, mended.problems) == ("ready", [])
    applied = act(admin, merchant, mended, "apply")
    late = admin.post(path(merchant, "imports", run.id, "columns"), {"column_0": "reference"}, follow=True)
    assert "can no longer be named" in late.content.decode()
    assert work(merchant, applied).added == 1


def test_take_a_value_for_all_lines(admin: Client, merchant: Merchant) -> None:
    text = "Order id,Date,Item SKU\n112-0000001-0000001,2026-11-01,S-1\n"
    run = brought(admin, merchant, text, dataset="orders", fixed_marketplace="amazon")
    assert run.added == 1
    with merchant_scope(merchant):
        assert Order.objects.get().marketplace == "amazon"


def test_ask_nothing_about_the_report_of_a_marketplace(admin: Client, merchant: Merchant) -> None:
    header = "amazon-order-id\tpurchase-date\torder-status\tasin\n"
    run = sent(admin, merchant, header + "112-0000001-0000001\t2026-11-01T08:00:00Z\tShipped\tB0A\n", dataset="orders")
    assert (run.state, run.format_name, run.columns) == ("ready", "Amazon: All Orders", None)


def test_import_the_purchases_of_a_real_chain_as_they_are(admin: Client, merchant: Merchant) -> None:
    """Its own file with its own headings: basket, household, store, time, amount, pieces."""
    packed = (SLICE / "purchases.csv.gz").read_bytes()
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))
    with merchant_scope(merchant):
        LoyaltySettings.made_with(points_per_unit=1).save()
        for household in {row["household_id"] for row in rows}:
            loyalty.customer(card_number=household)
    answer = send(admin, merchant, packed, dataset="purchases", name="purchases.csv.gz")
    run = run_at(merchant, answer["Location"].split("/")[-2])
    assert chosen(columns(admin, merchant, run)) == ["reference", "card_number", "", "occurred_at", "amount", ""]
    done = work(merchant, act(admin, merchant, named(admin, merchant, run), "apply"))
    assert (done.added, done.skipped, done.refused) == (len(rows), 0, 0)
    with merchant_scope(merchant):
        assert set(Purchase.objects.values_list("reference", flat=True)) == {row["basket_id"] for row in rows}
    assert {line[1] for line in told(merchant, done)} == {"a"}


def test_hand_out_the_result_of_each_line_as_a_file(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        loyalty.customer(card_number="C-1", first_name="=Ann", last_name="")
    text = "reference,card_number,points,reason\nA,C-1,100,Why\n"
    run = brought(admin, merchant, text, dataset="points")
    answer: Any = admin.get(path(merchant, "imports", run.id, "lines", "file"))
    found = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert found == [["Line", "Result", "Row", "Reason", "Taken back"], ["2", "Added", "'+100 · =Ann", "", ""]]
    again = brought(admin, merchant, text, dataset="points")
    page = admin.get(path(merchant, "imports", again.id, "lines"), {"became": "s"})
    assert [row.line for row in page.context["page"].rows] == [2]
    assert admin.get(path(merchant, "imports", again.id, "lines"), {"became": "a"}).context["page"].rows == []


@pytest.mark.parametrize("count", [1, 3])
def test_need_as_many_queries_for_one_column_as_for_three(admin: Client, merchant: Merchant, count: int) -> None:
    run = sent(admin, merchant, ",".join(f"h{n}" for n in range(count)) + "\n" + "1," * count + "\n", dataset="members")
    assert len(queries_of(admin, path(merchant, "imports", run.id, "columns"))) == 6


@pytest.mark.django_db(transaction=True)
def test_name_columns_to_a_command(merchant: Merchant, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with merchant_scope(merchant):
        loyalty.customer(card_number="C-1")
    file = tmp_path / "points.csv"
    file.write_text(OWN)
    named_so = ["Mitglied=card_number", "Punkte=points", "Beleg=reference", "Filiale=", "Grund="]
    options = [part for one in named_so for part in ("--map", one)]
    call_command("import_points", "--merchant", merchant.slug, *options, "--set", "reason=By file", str(file))
    assert capsys.readouterr().out == "added 1, changed 0, skipped 0, refused 0\n"
    with merchant_scope(merchant):
        assert PointAdjustment.objects.get().reason == "By file"


def test_refuse_files_without_columns_at_once(admin: Client, merchant: Merchant) -> None:
    run = sent(admin, merchant, " \n", dataset="members")
    assert (run.state, run.problems[0]["reason"]) == ("refused", "The file is empty.")
    body = {"dataset": "members", "op_id": str(uuid.uuid4())}
    assert admin.post(path(merchant, "imports", "new"), body).status_code == 422
