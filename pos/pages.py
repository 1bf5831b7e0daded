"""Lists in pages: at most so many a page, and the address of the next one."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.http import HttpResponse
from rest_framework.request import Request

from pos.base import Stop, answer
from tenancy.problems import problem

SIZE, MOST = 50, 100
STAMP = "%Y%m%dT%H%M%S.%fZ"


class Place(NamedTuple):
    """Where a page of rows ended that stand in the order of an instant and of their ids."""

    at: datetime
    id: uuid.UUID

    @property
    def token(self) -> str:
        """Return it as a word that may stand in an address."""
        return f"{self.at.astimezone(UTC):{STAMP}}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a `token`; raises ValueError for anything else."""
        at, _line, last = text.partition("_")
        return cls(datetime.strptime(at, STAMP).replace(tzinfo=UTC), uuid.UUID(last))


def page_size(request: Request, *, usual: int = SIZE) -> int:
    """Return how many a page are asked for, at most 100; ``usual`` where nothing is said."""
    asked = request.query_params.get("page_size", "")
    # No further than it takes to know that it is more than the most: no number of any length is read.
    digits = asked.lstrip("0")[:4] if asked.isascii() and asked.isdigit() else ""
    return min(int(digits), MOST) if digits else usual


def bad_page() -> Stop:
    """Return what ends a call whose `after` we never gave."""
    errors = [{"field": "after", "detail": "This is not the `next` of an earlier answer."}]
    detail = "Some values are missing or cannot be used."
    return Stop(problem(HTTPStatus.BAD_REQUEST, "invalid_request", detail, errors=errors))


def page(
    request: Request, rows: Sequence[Any], *, size: int, draw: Callable[[Any], Any], token: Callable[[Any], str]
) -> HttpResponse:
    """Answer with one page of rows, of which one more than `size` was read where there are more."""
    shown = rows[:size]
    following = None
    if len(rows) > size:
        asked = {name: value for name, value in request.query_params.items() if name != "after"}
        query = urlencode({**asked, "after": token(shown[-1])})
        following = f"{request.build_absolute_uri(request.path)}?{query}"
    return answer({"results": [draw(one) for one in shown], "next": following})
