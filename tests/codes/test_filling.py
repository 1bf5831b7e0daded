"""Filling pools: from files in every shape, and by pattern."""

import codecs
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from codes import filling
from codes.errors import FileRefused, PatternRefused
from codes.imports.code_rows import Codes
from codes.models import Code, CodePool
from codes.normalise import masked, value_norm
from codes.parsing import MAX_BYTES, read_codes
from codes.patterns import capacity, check_pattern, draw
from jobs import runner
from jobs.models import Job
from tenancy.actors import Actor
from tenancy.imports.values import BadValue
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope

PoolWith = Callable[..., CodePool]
BY = Actor.system()
LIST = "SAVE-1\nSAVE-2\nSAVE-3\n"


def values(data: bytes) -> list[str]:
    """The codes that a file holds."""
    return [code.value for code in read_codes(data)]


def refusal(data: bytes) -> list[tuple[int, str]]:
    """Why a file is refused."""
    with pytest.raises(FileRefused) as caught:
        read_codes(data)
    return [(error.line, error.text) for error in caught.value.errors]


@pytest.mark.parametrize(
    "data",
    [
        LIST.encode(),
        codecs.BOM_UTF8 + LIST.encode(),
        LIST.encode("utf-16"),
        LIST.encode("utf-16-le"),
        LIST.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + LIST.encode("utf-16-be"),
        LIST.replace("\n", "\r\n").encode(),
        LIST.replace("\n", "\r").encode(),
        b"\n\n  SAVE-1 \n\nSAVE-2\n\tSAVE-3",
        b"Code\nSAVE-1\nSAVE-2\nSAVE-3\n",
        b"id;code;note\n1;SAVE-1;x\n2;SAVE-2;\n3;SAVE-3;y\n",
        b"id\tcoupon code\n1\tSAVE-1\n2\tSAVE-2\n3\tSAVE-3\n",
        b'code,note\n"SAVE-1","a ""quoted"" one"\nSAVE-2,\nSAVE-3,\n',
        b"SAVE-1,\nSAVE-2,\nSAVE-3,\n",
    ],
)
def test_read_understands_what_people_save(data: bytes) -> None:
    assert values(data) == ["SAVE-1", "SAVE-2", "SAVE-3"]


def test_read_understands_windows_letters() -> None:
    assert values("GRÜSSE-1\nCAFÉ-2\n".encode("cp1252")) == ["GRÜSSE-1", "CAFÉ-2"]


def test_read_names_duplicates_by_line() -> None:
    assert refusal(b"SAVE-1\nSAVE-2\nsave 1\n") == [(3, "The same code stands in line 1 already.")]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 0, "no code in this file"),
        (b"\n \n", 0, "no code in this file"),
        (b"SAVE-1\nSA\x00VE-2\n", 2, "NUL"),
        (b"SAVE-1\n" + b"X" * 65, 2, "longer than 64"),
        (b"SAVE-1\n---\n", 2, "no code in this line"),
        (b"code\nSAVE-1\n\x07SAVE-2\n", 3, "cannot be printed"),
        (b"SAVE-1,a\nSAVE-2,b\n", 1, "more than one column"),
        (b"SAVE-1\n\x81\x8d\x8f\n", 2, "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", 0, ""),
        (b"A" * (MAX_BYTES + 1), 0, "larger than 10 MB"),
        (b'code\n"' + b"x" * 200_000, 0, ""),
    ],
)
def test_read_refuses_in_plain_words(data: bytes, line: int, words: str) -> None:
    found = refusal(data)

    assert words in found[0][1]
    assert not line or found[0][0] == line


def test_read_names_every_line_that_is_wrong() -> None:
    with pytest.raises(FileRefused) as caught:
        read_codes(b"SAVE-1\n" * 101)

    assert [error.line for error in caught.value.errors] == list(range(2, 102))


def test_imported_code_is_refused_where_its_spelling_is_too_long_to_be_compared(
    pool_with: PoolWith, merchant: Merchant
) -> None:
    pool = pool_with()
    codes = Codes(merchant_id=merchant.id, now=timezone.now())

    with pytest.raises(BadValue, match="longer than 64"):
        codes.read({"code": "\N{SQUARE PPM}" * 30, "pool": pool.name}, 2)


def test_upload_keeps_the_files_order_and_audits_the_number(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()

    with merchant_scope(merchant):
        assert filling.upload(pool_id=pool.id, data=LIST.encode(), actor=BY, now=timezone.now()) == 3
        assert list(Code.objects.order_by("id").values_list("value", flat=True)) == ["SAVE-1", "SAVE-2", "SAVE-3"]
        assert AuditEvent.objects.get(action="code_pool.uploaded").after == {"codes": 3}


def test_upload_with_known_code_keeps_nothing(pool_with: PoolWith, merchant: Merchant) -> None:
    pool_with("save 2", name="Older")
    pool = pool_with()

    with merchant_scope(merchant), pytest.raises(FileRefused) as caught:
        filling.upload(pool_id=pool.id, data=LIST.encode(), actor=BY, now=timezone.now())

    assert [(error.line, error.text) for error in caught.value.errors] == [
        (2, "This code is in the pool “Older” already.")
    ]
    with merchant_scope(merchant):
        assert Code.objects.filter(pool=pool).count() == 0


def test_upload_of_another_merchants_codes_is_fine(
    pool_with: PoolWith, merchant: Merchant, other_merchant: Merchant
) -> None:
    pool_with("SAVE-1", whose=other_merchant)
    pool = pool_with()

    with merchant_scope(merchant):
        assert filling.upload(pool_id=pool.id, data=LIST.encode(), actor=BY, now=timezone.now()) == 3


def test_same_file_twice_at_once_is_kept_once(
    pool_with: PoolWith, merchant: Merchant, together: Callable[..., list[Any]]
) -> None:
    pool = pool_with()

    def upload() -> int:
        with merchant_scope(merchant):
            return filling.upload(pool_id=pool.id, data=LIST.encode(), actor=BY, now=timezone.now())

    outcomes = together(upload, [()] * 4)

    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["FileRefused"] * 3 + ["NoneType"]
    with merchant_scope(merchant):
        assert Code.objects.count() == 3


def test_generate_fills_the_pattern(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()

    with merchant_scope(merchant):
        made = filling.generate(pool_id=pool.id, pattern="BREW-####-????", count=200, actor=BY, now=timezone.now())
        found = list(Code.objects.values_list("value", flat=True))

    assert made.count == len(set(found)) == 200
    assert all(re.fullmatch(r"BREW-[2-9]{4}-[A-HJKMNP-Z]{4}", value) for value in found)


def test_generate_draws_again_for_codes_that_exist(
    pool_with: PoolWith, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = pool_with("A2")
    drawn = iter([[("A2", "A2"), ("A3", "A3")], [("A3", "A3")], [("A4", "A4")]])
    monkeypatch.setattr(filling, "draw", lambda _pattern, _count, **_more: next(drawn))

    with merchant_scope(merchant):
        assert filling.generate_piece(pool_id=pool.id, pattern="A#", count=2, now=timezone.now()) == 2
        assert sorted(Code.objects.values_list("value", flat=True)) == ["A2", "A3", "A4"]


@pytest.mark.parametrize(
    ("pattern", "count", "words"),
    [
        ("", 1, "1 to 64 characters"),
        ("BREW", 1, "Put # for a digit"),
        ("B-####", 5, "4,096 different codes, of which 4"),
        ("BREW-####-????", 0, "Between 1 and 200,000"),
        ("BREW-####-????", 200_001, "Between 1 and 200,000"),
        ("B\n####", 1, "1 to 64 characters"),
    ],
)
def test_pattern_without_room_is_refused(pattern: str, count: int, words: str) -> None:
    with pytest.raises(PatternRefused) as caught:
        check_pattern(pattern, count=count)

    assert words in caught.value.text


def test_pattern_shares_its_room_with_codes_that_exist() -> None:
    check_pattern("####", count=4, existing=0)
    with pytest.raises(PatternRefused):
        check_pattern("####", count=4, existing=1)


def test_capacity_counts_the_alphabet_without_ambiguous_signs() -> None:
    assert capacity("#?*-X") == 8 * 23 * 31


def test_draws_are_distinct_and_unpredictable() -> None:
    first, second = draw("********", 500), draw("********", 500)

    assert len({norm for _value, norm in first}) == 500
    assert first != second


def test_many_codes_are_generated_by_a_job_that_goes_on_after_a_kill(
    pool_with: PoolWith, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = pool_with()
    monkeypatch.setattr(filling, "AT_ONCE", 100)
    monkeypatch.setattr("codes.handlers.PIECE", 60)
    with merchant_scope(merchant):
        made = filling.generate(pool_id=pool.id, pattern="****-****", count=150, actor=BY, now=timezone.now(), op="7")
        again = filling.generate(pool_id=pool.id, pattern="****-****", count=150, actor=BY, now=timezone.now(), op="7")
    assert made.job is not None
    assert again.job is not None
    assert made.job.id == again.job.id
    calls = iter([60, KeyError])

    def break_in_the_middle(**given: Any) -> int:
        if next(calls, 0) is KeyError:
            raise KeyError
        return filling.generate_piece(**given)

    with monkeypatch.context() as patch:
        patch.setattr("codes.handlers.generate_piece", break_in_the_middle)
        runner.run_one(merchant.id, made.job.id)
    with merchant_scope(merchant):
        assert (Code.objects.count(), Job.objects.get().done_rows) == (60, 60)
        Job.objects.update(next_at=timezone.now())

    runner.run_one(merchant.id, made.job.id)

    with merchant_scope(merchant):
        assert (Code.objects.count(), Job.objects.get().state) == (150, "done")


@pytest.mark.parametrize(
    ("written", "same"),
    [("save-10", "SAVE 10"), ("\uff33\uff21\uff36\uff25\uff11\uff10", "save10"), ("sa\u2013ve\u201410", "SA_VE.10")],
)
def test_codes_are_compared_without_case_spaces_and_dashes(written: str, same: str) -> None:
    assert value_norm(written) == value_norm(same) == "SAVE10"


def test_mask_shows_at_most_half() -> None:
    assert (masked("BREW-1234-ABCD"), masked("SHORT-1"), masked("X")) == ("••••ABCD", "••••", "••••")


@pytest.mark.parametrize(
    ("excluded", "signs"), [("01ILO", set("01ILO")), ("", set()), ("ABCDEFGHIJ", set("ABCDEFGHIJ"))]
)
def test_generate_leaves_signs_out(pool_with: PoolWith, merchant: Merchant, excluded: str, signs: set[str]) -> None:
    pool = pool_with()

    with merchant_scope(merchant):
        filling.generate(
            pool_id=pool.id, pattern="********", count=500, excluded=excluded, actor=BY, now=timezone.now()
        )
        drawn = set("".join(Code.objects.values_list("value", flat=True)))

    assert drawn == set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - signs


def test_generate_refuses_to_leave_every_sign_out(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()

    with merchant_scope(merchant), pytest.raises(PatternRefused, match="Leave out fewer"):
        filling.generate(pool_id=pool.id, pattern="####", count=1, excluded="0123456789", actor=BY, now=timezone.now())
