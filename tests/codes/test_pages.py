"""Pages of code pools."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from codes import services
from codes.models import Code, CodePool, CodeUpload
from codes.stock import check_pools
from jobs.models import Job
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.counting import queries_of

PoolWith = Callable[..., CodePool]
SignedIn = Callable[[Role], Client]
LIST = "/m/brew-bloom/code-pools/"


def a_file(content: bytes) -> dict[str, Any]:
    """A posted file."""
    return {"file": SimpleUploadedFile("codes.csv", content, "text/csv")}


def test_list_counts_each_pool(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool = pool_with(*(f"A-{number}" for number in range(30)))
    pool_with(name="Nothing in it")
    with merchant_scope(merchant):
        services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=timezone.now(), actor=Actor.system())

    page = signed_in(Role.VIEWER).get(LIST).content.decode()

    assert all(word in page for word in ("Coupons", "29", "Enough", "Nothing in it", "Empty", "29 days"))
    assert "New pool" not in page


def test_list_makes_as_many_queries_for_many_rows_as_for_one(pool_with: PoolWith, signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMIN)
    pool_with("A-1")
    few = len(queries_of(client, LIST))
    for number in range(30):
        pool_with(f"B-{number}", name=f"Pool {number}")

    assert len(queries_of(client, LIST)) == few <= 12


def test_pool_shows_masked_codes(pool_with: PoolWith, signed_in: SignedIn) -> None:
    pool = pool_with("SECRET-CODE-1234", "SHORT")

    page = signed_in(Role.VIEWER).get(f"{LIST}{pool.id}/").content.decode()

    assert "••••1234" in page
    assert "SECRET" not in page
    assert "SHORT" not in page


def test_pool_page_makes_few_queries(pool_with: PoolWith, signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMIN)
    few, many = pool_with("A-1"), pool_with(*(f"B-{number}" for number in range(60)), name="Many")

    counts = {len(queries_of(client, f"{LIST}{pool.id}/")) for pool in (few, many)}

    assert len(counts) == 1
    assert max(counts) <= 12


def test_pool_finds_a_code_as_it_was_typed(pool_with: PoolWith, signed_in: SignedIn) -> None:
    pool = pool_with("SAVE-0001-AAAA", "SAVE-0002-BBBB")

    page = signed_in(Role.VIEWER).get(f"{LIST}{pool.id}/", {"q": "save 0002bbbb"}).content.decode()

    assert "••••BBBB" in page
    assert "••••AAAA" not in page


def test_reveal_shows_the_code_and_audits(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool, client = pool_with("SECRET-CODE-1234"), signed_in(Role.ADMIN)
    with merchant_scope(merchant):
        code = Code.objects.get()
    address = f"{LIST}{pool.id}/codes/{code.id}/reveal/"

    assert "SECRET-CODE" not in client.get(address).content.decode()
    assert "SECRET-CODE-1234" in client.post(address).content.decode()

    with merchant_scope(merchant):
        assert AuditEvent.objects.filter(action="code.revealed", target_id=code.id).count() == 1


def test_upload_adds_codes(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool = pool_with()

    answer = signed_in(Role.ADMIN).post(f"{LIST}{pool.id}/upload/", a_file(b"code\nA-1\nA-2\n"), follow=True)

    assert "2 codes were added." in answer.content.decode()
    with merchant_scope(merchant):
        assert Code.objects.filter(pool=pool).count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no code in this file"),
        (b"A-1\nA 1\n", "Line 2:"),
        (b"A-1\x00\n", "NUL"),
        (b"x" * (10 * 2**20 + 1), "larger than 10 MB"),
        (b"KNOWN-1\n", "in this pool already"),
    ],
)
def test_upload_says_what_is_wrong(
    pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant, content: bytes, words: str
) -> None:
    pool = pool_with("KNOWN-1")

    answer = signed_in(Role.ADMIN).post(f"{LIST}{pool.id}/upload/", a_file(content))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    with merchant_scope(merchant):
        assert Code.objects.count() == 1


def test_generate_now_and_by_job(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool, client = pool_with(kind="generated", pattern="BREW-####-????"), signed_in(Role.ADMIN)
    address = f"{LIST}{pool.id}/generate/"
    assert "BREW-####-????" in client.get(address).content.decode()

    client.post(address, {"pattern": "BREW-####-????", "count": 50})
    op = str(uuid.uuid4())
    for _press in range(2):
        client.post(address, {"pattern": "BREW-####-????", "count": 6000, "op_id": op})

    with merchant_scope(merchant):
        assert Code.objects.count() == 50
        assert Job.objects.filter(kind="codes.generate").count() == 1


def test_generate_refuses_a_narrow_pattern(pool_with: PoolWith, signed_in: SignedIn) -> None:
    pool = pool_with()

    answer = signed_in(Role.ADMIN).post(f"{LIST}{pool.id}/generate/", {"pattern": "B-##", "count": 50})

    assert answer.status_code == 422
    assert "64 different codes" in answer.content.decode()


def test_new_pool_and_edit(signed_in: SignedIn, merchant: Merchant) -> None:
    client = signed_in(Role.ADMIN)
    form = {"name": "Autumn", "kind": "upload", "low_mark": "5", "low_days": "3"}

    assert client.post(f"{LIST}new/", form).status_code == 302
    assert client.post(f"{LIST}new/", form).status_code == 422
    with merchant_scope(merchant):
        pool = CodePool.objects.get()
    client.post(f"{LIST}{pool.id}/edit/", form | {"low_mark": "9"})

    with merchant_scope(merchant):
        assert CodePool.objects.get().low_mark == 9
        events = AuditEvent.objects.filter(target_type="code_pool").values_list("action", flat=True)
        assert sorted(events) == ["code_pool.changed", "code_pool.created"]


def test_archive_and_bring_back(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool, client = pool_with("A-1"), signed_in(Role.ADMIN)

    client.post(f"{LIST}{pool.id}/archive/")
    assert "Archived" in client.get(f"{LIST}{pool.id}/").content.decode()
    client.post(f"{LIST}{pool.id}/restore/")

    with merchant_scope(merchant):
        assert CodePool.objects.get().archived_at is None


def test_free_code_is_withdrawn_and_a_held_one_is_not(
    pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant
) -> None:
    pool, client = pool_with("A-1", "A-2"), signed_in(Role.ADMIN)
    with merchant_scope(merchant):
        held = services.take(
            pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=timezone.now(), actor=Actor.system()
        )
        free = Code.objects.get(state="free")

    for code in (held, free):
        client.post(f"{LIST}{pool.id}/codes/{code.id}/burn/")

    with merchant_scope(merchant):
        assert dict(Code.objects.values_list("value", "state")) == {"A-1": "taken", "A-2": "burnt"}


def test_low_pool_shows_a_banner(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool_with("A-1")
    with merchant_scope(merchant):
        check_pools(now=timezone.now())

    assert "Codes are running low" in signed_in(Role.VIEWER).get(LIST).content.decode()


@pytest.mark.parametrize("act", ["edit", "upload", "generate", "archive", "restore"])
def test_changing_is_for_admins(pool_with: PoolWith, signed_in: SignedIn, act: str) -> None:
    pool, client = pool_with("A-1"), signed_in(Role.AGENT)

    assert client.get(f"{LIST}{pool.id}/{act}/").status_code == 403
    assert client.post(f"{LIST}{pool.id}/{act}/").status_code == 403
    assert f"/{act}/" not in client.get(f"{LIST}{pool.id}/").content.decode()


def test_revealing_is_for_admins(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool, client = pool_with("A-1"), signed_in(Role.AGENT)
    with merchant_scope(merchant):
        code = Code.objects.get()

    assert client.post(f"{LIST}{pool.id}/codes/{code.id}/reveal/").status_code == 403


@pytest.mark.parametrize("act", ["", "edit/", "upload/", "generate/", "archive/", "restore/"])
def test_foreign_pool_is_not_found(
    pool_with: PoolWith, signed_in: SignedIn, other_merchant: Merchant, act: str
) -> None:
    pool, client = pool_with("A-1", whose=other_merchant), signed_in(Role.ADMIN)

    for pool_id in (pool.id, uuid.uuid4()):
        assert client.get(f"{LIST}{pool_id}/{act}").status_code == 404
        assert client.post(f"{LIST}{pool_id}/{act}").status_code in (404, 405)


def test_code_of_another_pool_is_not_found(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    first, second, client = pool_with("A-1"), pool_with(name="Other"), signed_in(Role.ADMIN)
    with merchant_scope(merchant):
        code = Code.objects.get()

    assert client.post(f"{LIST}{second.id}/codes/{code.id}/reveal/").status_code == 404
    assert client.post(f"{LIST}{first.id}/codes/{code.id}/reveal/").status_code == 200


def test_download_every_line_that_was_refused(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool, client = pool_with("KNOWN-1"), signed_in(Role.ADMIN)
    pool_with("OTHER-1", name="Older")
    content = b"code\nA-1\nA 1\nKNOWN-1\nOTHER-1\n" + b"A-1\n" * 40

    page = client.post(f"{LIST}{pool.id}/upload/", a_file(content)).content.decode()

    with merchant_scope(merchant):
        upload = CodeUpload.objects.get()
    lines = client.get(f"{LIST}{pool.id}/uploads/{upload.id}/problems.csv").content.decode("utf-8-sig").splitlines()
    assert "and 23 more lines" in page
    assert f"uploads/{upload.id}/problems.csv" in page
    assert lines[:4] == [
        "line,reason",
        "3,The same code stands in line 2 already.",
        "4,This code is in this pool already.",
        "5,This code is in the pool “Older” already.",
    ]
    assert (len(lines), upload.refused, upload.added) == (44, 43, 0)
    with merchant_scope(merchant):
        assert Code.objects.count() == 2


def test_keep_codes_out_of_what_is_kept_of_a_refusal(
    pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant
) -> None:
    pool = pool_with("SECRET-1")

    signed_in(Role.ADMIN).post(f"{LIST}{pool.id}/upload/", a_file(b"SECRET-1\nSECRET-2\nSECRET-2\n"))

    with merchant_scope(merchant):
        assert "SECRET" not in str(CodeUpload.objects.values().get())


def test_show_five_examples_and_keep_none(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool = pool_with()
    given = {"pattern": "BREW-####-????", "count": 100, "excluded": "01ilo", "preview": "1"}

    page = signed_in(Role.ADMIN).post(f"{LIST}{pool.id}/generate/", given).content.decode()

    assert len(re.findall(r"BREW-[2-9]{4}-[ABCDEFGHJKMNPQRSTUVWXYZ]{4}<", page)) == 5
    assert "1,146,228,736 different codes" in page
    with merchant_scope(merchant):
        assert not Code.objects.exists()


def test_download_the_codes_and_audit_it(pool_with: PoolWith, signed_in: SignedIn, merchant: Merchant) -> None:
    pool, client = pool_with("SAVE-1", "=1+1", "@SUM", "\N{FULLWIDTH EQUALS SIGN}2+2"), signed_in(Role.ADMIN)
    assert "audit log" in client.get(f"{LIST}{pool.id}/export/").content.decode()

    answer = client.post(f"{LIST}{pool.id}/export/")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [
        ["code", "state"],
        ["SAVE-1", "free"],
        ["'=1+1", "free"],
        ["'@SUM", "free"],
        ["'\N{FULLWIDTH EQUALS SIGN}2+2", "free"],
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="coupons.csv"'
    with merchant_scope(merchant):
        assert AuditEvent.objects.get(action="code_pool.exported").after == {"codes": 4}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_give_no_codes_to_who_may_not_have_them(pool_with: PoolWith, signed_in: SignedIn, role: Role) -> None:
    pool, client = pool_with("SAVE-1"), signed_in(role)

    assert client.post(f"{LIST}{pool.id}/export/").status_code == 403
    assert "Download" not in client.get(f"{LIST}{pool.id}/").content.decode()
