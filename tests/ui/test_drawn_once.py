"""Tags that are drawn once for each language: the next language gets its own words, and nothing of a page is kept."""

from typing import Any

import pytest
from django.template import Context, engines
from django.utils import translation

from ui.tables import Column, Table

REQUIRED = "This field is required."


def drawn(text: str, *contexts: dict[str, str]) -> list[str]:
    made: Any = engines["django"].from_string(text)
    return [made.template.render(Context(context)) for context in contexts]


def test_says_the_same_words_in_each_language() -> None:
    template = engines["django"].from_string(f'{{% translate "{REQUIRED}" %}}')
    said = []
    for language in ("en", "de", "en", "de"):
        with translation.override(language):
            said.append(template.render({}))
    assert said[:2] == said[2:]
    assert said[0] == REQUIRED != said[1]


@pytest.mark.parametrize(
    "text",
    [
        "{% translate word %}",
        "{% translate word|upper|lower %}",
        "{% translate word as said %}{{ said }}",
        '{% translate "first" as said %}{{ word }}',
        "{% static word %}",
    ],
)
def test_keeps_nothing_of_a_page(text: str) -> None:
    one, other = drawn(text, {"word": "first"}, {"word": "second"})
    assert "first" in one
    assert ("second" in other, "first" in other) == (True, False)


def test_looks_a_file_up_once() -> None:
    template = engines["django"].from_string("{% static 'ui/app.js' %} {% static \"ui/app.js\" as where %}{{ where }}")
    first, second = template.render({}).split(), template.render({}).split()
    assert first == second == [first[0]] * 2
    assert first[0].startswith("/static/ui/app")


class Colours(Table):
    """A table that counts how often it makes a cell."""

    colour = Column("Colour", empty_values=())
    size = Column("Size")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made: list[str] = []

    def _mark(self, colour: str) -> str:
        self.made.append(colour)
        return f"({colour})"

    def render_colour(self, record: dict[str, str]) -> str:
        """The colour, in round brackets."""
        return self.once(self._mark, record["colour"])


def test_makes_a_cell_once_for_each_value() -> None:
    rows = [{"id": n, "colour": colour, "size": ""} for n, colour in enumerate("rgrr")]
    table = Colours(rows)
    body = table.body()
    assert (body.count("(r)"), body.count("(g)"), table.made) == (3, 1, ["r", "g"])
    assert body.count('aria-hidden="true">—<') == len(rows)


def test_makes_the_cells_of_each_page_anew() -> None:
    row = [{"id": 1, "colour": "r", "size": "1"}]
    first, second = Colours(row), Colours(row)
    assert first.body() == second.body()
    assert first.made == second.made == ["r"]
