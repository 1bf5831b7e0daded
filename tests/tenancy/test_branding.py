"""Colours that can be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.branding import DARK_GROUND, ENOUGH, LIGHT_GROUND, contrast, readable_on, shades, stylesheet, version_of

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_measure_contrast_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(colours)
def test_be_readable_in_any_colour(accent: str) -> None:
    for ground in (LIGHT_GROUND, DARK_GROUND):
        found = shades(accent, ground)
        assert contrast(found.fill, ground) >= ENOUGH
        assert contrast(found.ink, found.fill) >= ENOUGH
        assert contrast(found.text, found.tint) >= ENOUGH


@given(colours)
def test_keep_a_colour_that_can_be_read(accent: str) -> None:
    if contrast(accent, LIGHT_GROUND) >= ENOUGH:
        assert readable_on(accent, LIGHT_GROUND) == accent


@given(colours)
def test_write_nothing_but_colours(accent: str) -> None:
    values = re.findall(r"light-dark\((\S+), (\S+)\)", stylesheet(accent))
    assert len(values) == 5
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for pair in values for value in pair)


def test_change_the_address_with_the_colour() -> None:
    assert version_of("#0a7f5a") != version_of("#0a7f5b")
    assert stylesheet("") == ""
