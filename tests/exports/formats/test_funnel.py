"""Formulas that strangers type into the public funnel come out of an export harmless, or as they were typed.

Some of the two hundred by default; FORMULAS=all walks the funnel with every one of them.
"""

import io
import os
import zoneinfo
from itertools import islice
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from claims_center.models import Claim
from exports.datasets.fields import Moment
from exports.formats.columns import SEPARATORS, Dialect
from exports.formats.kinds import Format
from exports.rows import question
from exports.writing import write
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.exports.formats.payloads import FORMULAS
from tests.exports.formats.test_csv import is_formula, read
from tests.public.factories import make_funnel
from tests.public.walker import ADDRESS, CONTACT, FEEDBACK, ORDER, Walker

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
KEYS = ["feedback", "customer_name"]
CHOSEN = FORMULAS if os.environ.get("FORMULAS") == "all" else FORMULAS[::9]


def typed(merchant: Merchant) -> list[tuple[str, str]]:
    """Walk the funnel until every formula was typed, three in each claim; return feedback and name as they are kept."""
    with merchant_scope(merchant):
        funnel = make_funnel()
    waiting = iter(CHOSEN)
    number = 0
    while three := list(islice(waiting, 3)):
        feedback, first, last = [*three, "=1+1", "=1+1"][:3]
        walker, number = Walker(Client(), merchant, funnel), number + 1
        walker.get()
        name = {"first_name": first, "last_name": last, "email": f"ada{number}@example.com"}
        for step, values in (
            ("", {"listing": walker.listing()}),
            ("order", ORDER | {"order_number": f"112-7391030-{number:07}"}),
            ("feedback", FEEDBACK | {"feedback": feedback}),
            ("contact", CONTACT | ADDRESS | name),
            ("review", {}),
        ):
            answer = walker.post(step, **values)
            assert answer.status_code == 302, answer.content.decode()
    with merchant_scope(merchant):
        return sorted(Claim.objects.values_list("feedback", "customer_name"))


def exported(format: Format, dialect: Dialect) -> bytes:  # noqa: A002 - the word for it
    target = io.BytesIO()
    moment = Moment(timezone.now(), zoneinfo.ZoneInfo("UTC"))
    asked: Any = question(name="claims", keys=KEYS, query="", sort="")
    write(asked, format=format, dialect=dialect, moment=moment, target=target, progress=lambda _count: None)
    return target.getvalue()


def test_formulas_typed_into_the_funnel_do_no_harm(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "RATE_LIMIT_FACTOR", 1000.0)
    kept = typed(merchant)
    assert sum(is_formula(text) for pair in kept for text in pair) >= len(kept)

    with merchant_scope(merchant):
        for separator in SEPARATORS:
            people = exported(Format.CSV, Dialect(separator=separator))
            for reader in SEPARATORS:
                assert [cell for row in read(people, reader) for cell in row if is_formula(cell)] == []
        systems = read(exported(Format.CSV, Dialect(harmless=False)))[1:]
        sheet = openpyxl.load_workbook(io.BytesIO(exported(Format.XLSX, Dialect()))).worksheets[0]

    assert sorted((row[0], row[1]) for row in systems) == kept
    cells = [row[:2] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    unescaped = openpyxl.utils.escape.unescape
    assert sorted(tuple(unescaped(cell.value) for cell in row) for row in cells) == kept
