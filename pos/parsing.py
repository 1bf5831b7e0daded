"""Reading the body of a call, more strictly than JSON asks: one value a name, and nothing that no database can hold."""

import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MOST_BYTES = 64 * 1024
# No call takes anything as deep, and nothing that reads a body later runs out of stack.
DEEPEST = 20
NUL = rb"\u0000"


class StrictJSONParser(BaseParser):
    """Reads one JSON object of at most 64 KiB in UTF-8."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Return the object.

        Raises ParseError for anything else, for a name given twice, for NUL characters, and for what is nested deeper
        than DEEPEST.
        """
        text = stream.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise ParseError("The body is larger than 64 KiB.")
        if not text.strip():
            return {}
        try:
            found = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not valid JSON.") from error
        if not isinstance(found, dict):
            raise ParseError("The body has to be a JSON object.")
        # Both are rare: most bodies are not gone through.
        if NUL in text or text.count(b"[") + text.count(b"{") > DEEPEST:
            _look_through(found)
        return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("A name stands twice in one object.")
    return found


def _refuse(word: str) -> Any:
    raise ParseError(f"{word} is no JSON.")


def _look_through(found: dict[str, Any]) -> None:
    level: list[Any] = [found]
    for _depth in range(DEEPEST + 1):
        if any(isinstance(one, str) and "\x00" in one for one in level):
            raise ParseError("The body holds a NUL character.")
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    raise ParseError("The body is nested too deeply.")


def _inside(one: Any) -> Any:
    if isinstance(one, dict):
        return (*one, *one.values())
    return one if isinstance(one, list) else ()
