"""Fields of a text: what is filled in, how it is shown, and what never is."""

import pytest

from messaging.filling import filled, html_paragraphs, line, text_paragraphs, unknown_fields

SHOWN = {"link": "link", "reason": "linked"}


def html(text: str, **values: str) -> str:
    """The paragraphs as HTML, one a line."""
    return "\n".join(html_paragraphs(text, values, SHOWN))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {first_name}", []),
        ("Hello {frist_name} and {frist_name}", ["frist_name"]),
        ("{ first_name }", [" first_name "]),
        ("{{ first_name }}", [" first_name "]),
        ("{claim.id} {} {x!r}", ["claim.id", "", "x!r"]),
        ("a { b", []),
    ],
)
def test_name_what_is_no_field(text: str, expected: list[str]) -> None:
    assert unknown_fields(text, ["first_name"]) == expected


def test_fill_in_once() -> None:
    assert filled("{a} {b} {c}", {"a": "{b}", "b": "{a}"}) == "{b} {a} {c}"


def test_leave_no_hole_for_an_empty_value() -> None:
    assert filled("Hello {first_name},", {"first_name": ""}) == "Hello,"


def test_escape_everything_but_our_own_links() -> None:
    found = html("Hi {name} <b>\n\nsee https://shop.example/?a=1&b=2.", name="<script>alert(1)</script>")

    assert found == (
        "Hi &lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;\n"
        'see <a href="https://shop.example/?a=1&amp;b=2">https://shop.example/?a=1&amp;b=2</a>.'
    )


def test_make_no_link_of_what_a_customer_typed() -> None:
    assert html("Hi {name}", name="https://evil.example") == "Hi https://evil.example"


def test_show_a_link_field_as_a_link_only_where_it_is_one() -> None:
    assert html("{link}", link="https://a.example/x") == '<a href="https://a.example/x">https://a.example/x</a>'
    assert html("{link}", link="javascript:alert(1)") == "javascript:alert(1)"
    assert html("{link}", link='https://a.example/"onclick=') == "https://a.example/&quot;onclick="


def test_link_addresses_inside_what_staff_wrote() -> None:
    assert html("{reason}", reason="look at https://a.example/<x>") == (
        'look at <a href="https://a.example/">https://a.example/</a>&lt;x&gt;'
    )


def test_quote_a_value_inside_an_address() -> None:
    found = html("https://shop.example/?c={code}", code='A&B" onmouseover="x')

    assert found.startswith('<a href="https://shop.example/?c=A%26B%22%20onmouseover%3D%22x">')
    assert "<" not in found.replace("<a ", "").replace("</a>", "")


def test_cut_paragraphs_the_same_in_both_bodies() -> None:
    text = "One\r\ntwo\r\n \r\n\r\nthree {reason}"

    assert text_paragraphs(text, {"reason": "a\n\nb"}) == ["One\ntwo", "three a", "b"]
    assert html_paragraphs(text, {"reason": "a\n\nb"}, SHOWN) == ["One<br>two", "three a", "b"]


def test_keep_a_subject_on_one_line() -> None:
    assert line("Gift {name}\r\nBcc: all@example.com", {"name": "a\nb\u2028c"}) == "Gift a b c Bcc: all@example.com"


def test_survive_a_huge_text() -> None:
    text = "{a" * 2500 + " https://" * 600 + "\n" * 5000

    assert html(text)
    assert unknown_fields(text, []) == []
