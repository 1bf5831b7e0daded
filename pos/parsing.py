"""Reading the body of a call, more strictly than JSON asks: one value a name, and nothing that no database can hold."""

import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MOST_BYTES = 64 * 1024


class StrictJSONParser(BaseParser):
    """Reads one JSON object of at most 64 KiB in UTF-8."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Return the object. Raises ParseError for anything else, for a name given twice, and for NUL characters."""
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
        if "\\u0000" in json.dumps(found):
            raise ParseError("The body holds a NUL character.")
        return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("A name stands twice in one object.")
    return found


def _refuse(word: str) -> Any:
    raise ParseError(f"{word} is no JSON.")
