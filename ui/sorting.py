"""What a list is sorted by where a cell shows another value than a column holds. Nothing here is ever NULL."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Case, DateTimeField, Expression, F, IntegerField, OrderBy, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left, Lower

LONG_AGO = "1970-01-01T00:00:00+00:00"
FAR_OFF = "2999-12-31T00:00:00+00:00"
LONGEST = 120


class Made(Combinable):
    """An expression that is put together when a page is asked for: the language and the merchant are known by then."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Make it, and resolve what was made."""
        return self.make().resolve_expression(*args, **kwargs)

    def asc(self) -> OrderBy:
        """Return the ordering from the least to the greatest, so that `order_by` takes it as it takes others."""
        made: Any = self
        return OrderBy(made)


def empty_first(column: str) -> Coalesce:
    """Sort by a moment; rows without one come before all others."""
    return Coalesce(column, Value(LONG_AGO, output_field=DateTimeField()))


def empty_last(column: str) -> Coalesce:
    """Sort by a moment; rows without one come after all others."""
    return Coalesce(column, Value(FAR_OFF, output_field=DateTimeField()))


def worded(column: str, words: Callable[[], Mapping[str, Any]], otherwise: Any = None) -> Made:
    """Sort by the words that stand for a column's values, without regard to case.

    ``words`` is asked anew for each page, in the language of the page. A value that has no words counts as
    ``otherwise`` says, else as it is.
    """
    return Made(lambda: _by_words(column, words(), otherwise))


def _by_words(column: str, words: Mapping[str, Any], otherwise: Any) -> Expression:
    told = [When(**{column: value}, then=Value(str(label).lower())) for value, label in words.items()]
    rest = Lower(F(column)) if otherwise is None else otherwise
    return Case(*told, default=rest, output_field=TextField())


def ranked(column: str, order: Iterable[Any]) -> Case:
    """Sort by the place of a column's value in `order`; what is not in it comes last."""
    places = list(order)
    told = [When(**{column: value}, then=Value(place)) for place, value in enumerate(places)]
    return Case(*told, default=Value(len(places)), output_field=IntegerField())


def begin_of(column: Any) -> Left:
    """Sort by how a text (or an expression of one) begins, without regard to case; a missing one counts as "".

    A position in the list carries the value that it is sorted by, so a long text would make a long address.
    """
    return Left(Lower(Coalesce(column, Value(""), output_field=TextField())), LONGEST, output_field=TextField())
