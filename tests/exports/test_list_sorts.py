"""Every column of this room's lists sorts its rows as the cells read, and the box above finds them by what they show."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exports.destinations import services
from exports.models import Destination, Export, ExportRun, ImportRow, ImportRun
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_order, path, sign_in
from tests.support.sorted_lists import check_sorts, shown

pytestmark = pytest.mark.django_db
EXPORT = {"dataset": "claims", "columns": ["id"], "created_at": NOW}


def person(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@brew-bloom.example", name=name)


def by_name(row: Any) -> str:
    return str(row.name)


def an_import(file: str, who: User, day: int, **values: Any) -> ImportRun:
    known = {"dataset": "orders", "state": "done", "size": 1, "sha256": "0" * 64, "finished_at": NOW}
    at = NOW - timedelta(days=day)
    found: ImportRun = ImportRun.objects.create(file_name=file, uploaded_by=who, uploaded_at=at, **known | values)
    return found


@pytest.fixture
def imports(merchant: Merchant) -> str:
    """Four imports of two people; one of them was taken back."""
    with merchant_scope(merchant):
        ada, zoe = person("ada"), person("Zoe")
        an_import("a.csv", zoe, 1, added=5, changed=0, skipped=2, refused=0, format_name="Amazon")
        an_import("b.csv", ada, 2, state="columns", finished_at=None, added=1, changed=1, skipped=0, refused=3)
        an_import("c.csv", zoe, 3, undo_state="done", added=9, changed=2, skipped=1, refused=1)
        an_import("d.csv", ada, 4, state="refused", added=7, changed=3, skipped=3, refused=2)
    return path(merchant, "imports")


def letter(row: ImportRun) -> str:
    return row.file_name[0]


def test_sort_imports(admin: Client, imports: str) -> None:
    expected = {
        "file": "abcd",
        "uploaded": "dcba",
        # Their names alone, the state of an undo behind all others.
        "state": "bdac",
        "added": "badc",
        "changed": "abcd",
        "skipped": "bcad",
        "refused": "acdb",
    }
    check_sorts(admin, imports, letter, expected)
    assert set(shown(admin, imports, letter, sort="by")[:2]) == {"b", "d"}


@pytest.mark.parametrize(("text", "found"), [("b.csv", "b"), ("amazon", "a"), ("CSV zoe", "ac"), ("nothing", "")])
def test_search_imports(admin: Client, imports: str, text: str, found: str) -> None:
    assert shown(admin, imports, letter, q=text) == list(found)


def test_find_an_import_by_its_id_alone_of_this_merchant(
    admin: Client, imports: str, merchant: Merchant, other_merchant: Merchant
) -> None:
    with merchant_scope(merchant):
        ours = ImportRun.objects.get(file_name="c.csv")
    with merchant_scope(other_merchant):
        theirs = an_import("e.csv", person("Eve"), 1)
    assert shown(admin, imports, letter, q=str(ours.id)) == ["c"]
    assert shown(admin, imports, letter, q=str(theirs.id)) == []
    assert shown(admin, imports, letter, q="e.csv") == []


def test_sort_and_search_the_lines_of_an_import(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        run, funnel = an_import("orders.csv", person("Ada"), 1), funnel_with()
        first, second = make_order(funnel, "112-7391030-0000001"), make_order(funnel, "112-7391030-0000002")
        made = {"run": run, "merchant": merchant}
        for line, became, document, why, undone in (
            (1, "s", None, "", ""),
            (2, "a", second.id, "", "b"),
            (3, "c", first.id, "Shipped meanwhile", "x"),
        ):
            ImportRow.objects.create(line=line, became=became, document=document, why=why, undone=undone, **made)
    address = path(merchant, "imports", run.id, "lines")

    def line_of(row: ImportRow) -> int:
        return row.line

    expected = {"line": [1, 2, 3], "became": [2, 3, 1], "document": [1, 3, 2], "undone": [1, 2, 3]}
    check_sorts(admin, address, line_of, expected)
    assert shown(admin, address, line_of, sort="-why")[0] == 3
    found = {text: shown(admin, address, line_of, q=text) for text in ("2", "0000001", "MEAN", "99", "9" * 30)}
    assert found == {"2": [2, 3], "0000001": [3], "MEAN": [3], "99": [], "9" * 30: []}


def an_export(name: str, who: User, **values: Any) -> Export:
    found: Export = Export.objects.create(name=name, owner=who, **EXPORT | values)
    return found


def a_run(export: Export, minute: int, **values: Any) -> ExportRun:
    known = {"name": export.name, "dataset": "claims", "format": "csv", "cause": "hand", "state": "done"}
    at = NOW + timedelta(minutes=minute)
    ended: dict[str, Any] = {"started_at": at, "finished_at": at + timedelta(seconds=minute), "queued_at": at}
    found: ExportRun = ExportRun.objects.create(export=export, **known | ended | values)
    return found


@pytest.fixture
def exported(merchant: Merchant) -> dict[str, str]:
    """Four exports in use, stopped, archived, never run; four runs of the first. Their lists' addresses."""
    whole = {"sha256": "a" * 64, "file_name": "first.csv"}
    with merchant_scope(merchant):
        ada = person("Ada")
        lake = services.create(
            kind="s3",
            name="lake",
            settings={"endpoint": "https://s3.example.com", "region": "eu", "bucket": "b", "folder": ""},
            secret={"secret_key": "x"},
            user=ada,
            now=NOW,
        )
        daily = {"schedule": "daily", "at_minute": 600}
        one = an_export("one", ada, format="xlsx", next_at=NOW, destination=lake, **daily)
        two = an_export("two", ada, stopped_at=NOW, schedule="daily", at_minute=60)
        an_export("tri", ada, archived_at=NOW, schedule="weekly", weekday=1)
        an_export("for", ada, format="jsonl")
        a_run(one, 1, name="1", rows=7, size=70, **whole)
        a_run(one, 4, name="2", state="failed", error="Disk full", rows=9, size=90)
        a_run(one, 3, name="3", state="cancelled")
        a_run(one, 9, name="4", state="queued", started_at=None, finished_at=None)
        a_run(two, 2, name="5", format="jsonl", rows=0, size=3, **whole)
    exports = path(merchant, "exports")
    return {"exports": exports, "runs": f"{exports}runs/", "one": f"{exports}{one.id}/"}


def test_sort_exports(admin: Client, exported: dict[str, str]) -> None:
    expected = {
        "name": ["for", "one", "tri", "two"],
        "schedule": ["for", "two", "one", "tri"],
        # Stopped, by hand, archived.
        "next": ["one", "two", "for", "tri"],
    }
    check_sorts(admin, exported["exports"], by_name, expected)
    assert shown(admin, exported["exports"], by_name, sort="-last")[:2] == ["one", "two"]
    assert shown(admin, exported["exports"], by_name, sort="-destination")[0] == "one"
    assert shown(admin, exported["exports"], by_name, sort="format")[2:] == ["one", "for"]


def test_sort_runs(admin: Client, exported: dict[str, str]) -> None:
    expected = {"name": "12345", "asked": "15324", "size": "5", "took": "41532"}
    found = {name: "".join(shown(admin, exported["runs"], by_name, sort=name)) for name in ("name", "asked", "took")}
    assert found == {name: expected[name] for name in found}
    # Waiting, ready, failed, cancelled; a figure of a file that is not there comes before an empty file's.
    states = shown(admin, exported["runs"], lambda row: row.state, sort="state")
    assert states == ["queued", "done", "done", "failed", "cancelled"]
    assert shown(admin, exported["runs"], by_name, sort="-rows")[:2] == ["1", "5"]
    assert shown(admin, exported["runs"], by_name, sort="-size")[:2] == ["1", "5"]
    assert shown(admin, exported["runs"], by_name, sort="-error")[0] == "2"
    assert shown(admin, exported["runs"], by_name, sort="-format")[0] == "5"


def test_sort_and_search_the_runs_of_one_export(admin: Client, exported: dict[str, str]) -> None:
    assert shown(admin, exported["one"], by_name, sort="took") == ["4", "1", "3", "2"]
    found = {text: shown(admin, exported["one"], by_name, q=text) for text in ("disk", "first.csv", "two", "zzz")}
    assert found == {"disk": ["2"], "first.csv": ["1"], "two": [], "zzz": []}


@pytest.mark.parametrize(
    ("text", "found"), [("first", {"1", "5"}), ("DISK full", {"2"}), ("two", {"5"}), ("zzz", set())]
)
def test_search_runs(admin: Client, exported: dict[str, str], text: str, found: set[str]) -> None:
    assert set(shown(admin, exported["runs"], by_name, q=text)) == found


def test_search_exports(admin: Client, exported: dict[str, str]) -> None:
    found = {text: shown(admin, exported["exports"], by_name, q=text) for text in ("tw", "LAKE", "%", "zzz")}
    assert found == {"tw": ["two"], "LAKE": ["one"], "%": [], "zzz": []}


def a_place(name: str, kind: str, who: User, now: datetime, **settings: Any) -> Destination:
    return services.create(kind=kind, name=name, settings=settings, secret={"x": "y"}, user=who, now=now)


def test_sort_and_search_destinations(merchant: Merchant) -> None:
    owner = sign_in(merchant, Role.OWNER)
    now = timezone.now()
    with merchant_scope(merchant):
        ada, zoe = person("Ada"), person("zoe")
        a_place("a", "sftp", zoe, NOW, username="u", host="b.example.com", folder="", port=22)
        a_place("b", "s3", ada, NOW + timedelta(hours=1), bucket="a-lake", folder="in")
        a_place("c", "email", ada, NOW + timedelta(hours=2), recipients=["z@example.com", "kim@example.com"])
        a_place("d", "s3", zoe, NOW + timedelta(hours=3), bucket="v", folder="")
        ours = Destination.objects
        ours.filter(name="a").update(tested_at=now)
        ours.filter(name="b").update(tested_at=now, test_words="Refused")
        ours.filter(name="c").update(test_asked_at=now)
    address = path(merchant, "settings", "destinations")
    # Not tested, testing, works, does not work.
    expected = {"name": "abcd", "created": "abcd", "place": "badc", "test": "dcab"}
    check_sorts(owner, address, by_name, expected)
    # As they are called: e-mail, file transfer, S3.
    assert shown(owner, address, by_name, sort="kind")[:2] == ["c", "a"]
    assert set(shown(owner, address, by_name, sort="by")[:2]) == {"b", "c"}
    found = {text: shown(owner, address, by_name, q=text) for text in ("LAKE/in", "b.example", "kim@", "zoe v", "host")}
    assert found == {"LAKE/in": ["b"], "b.example": ["a"], "kim@": ["c"], "zoe v": ["d"], "host": []}
