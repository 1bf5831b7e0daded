"""A column's words as one constant in a check."""

import pytest

from tenancy.words import IsOneOf


@pytest.mark.parametrize("word", ["", "a'b", "a,b", "{a}", "Ab", "a b", "1", "NULL"])
def test_refuse_what_would_need_quoting(word: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        IsOneOf("status", ["pending", word])
