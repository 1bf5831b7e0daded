"""Order numbers as customers type them."""

# Look-alike letters are what these cases are about.
# ruff: noqa: RUF001

import pytest

from claims_center.matching import comparable, is_group, last_group, number_of, numbers_of

WHOLE = "11123019458821034"


@pytest.mark.parametrize(
    "typed",
    [
        "111-2301945-8821034",
        " 111-2301945-8821034 ",
        "111 2301945 8821034",
        "11123019458821034",
        "#111-2301945-8821034",
        "Order 111-2301945-8821034",
        "order number: 111-2301945-8821034.",
        "My order is 111-2301945-8821034",
        "１１１-２３０１９４５-８８２１０３４",
        "111–2301945–8821034",
        "111\u00ad-2301945-8821034",
        "1I1-23O1945-882lO34",
        "Your Amazon.com order #111-2301945-8821034 of October 2 has shipped (item 4711 of 2026)",
        "111-2301945-8821034\x00",
    ],
)
def test_read_one_number_out_of_every_spelling(typed: str) -> None:
    assert number_of(typed) == WHOLE


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("8821034", "8821034"),
        ("12-34567-89012", "123456789012"),
        ("my ebay order 12-34567-89012 from last week", "123456789012"),
        ("Etsy 3012345678", "3012345678"),
        ("SHOP-1042", "SH0P1042"),
        ("shop 1042", "SH0P1042"),
    ],
)
def test_read_other_numbers(typed: str, number: str) -> None:
    assert number_of(typed) == number


@pytest.mark.parametrize("typed", ["", "   ", "n/a", "-", "no", "12", "\x00"])
def test_find_no_number_where_there_is_none(typed: str) -> None:
    assert number_of(typed) == ""


def test_keep_several_numbers_of_a_sentence_apart() -> None:
    assert numbers_of("either 3012345678 or 3012345679, sorry")[:2] == ["3012345678", "3012345679"]


def test_compare_reports_the_same_way() -> None:
    assert comparable("SHOP-1042") == number_of("shop 1o42")


@pytest.mark.parametrize(
    ("number", "group"),
    [("111-2301945-8821034", "8821034"), ("12-34567-89012", "89012"), ("3012345678", ""), ("A-12", "")],
)
def test_know_the_last_group(number: str, group: str) -> None:
    assert last_group(number) == group
    assert is_group(group) is bool(group)
