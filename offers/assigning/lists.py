"""An uploaded list of members: a CSV with card numbers or e-mail addresses."""

import itertools
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.normalise import email_norm
from tenancy.imports.contract import FileRefused, Problem
from tenancy.imports.table import Columns, Row, as_row, rows_of
from tenancy.imports.values import BadValue

COLUMNS = Columns(known=("card_number", "email"), one_of=("card_number", "email"))
MOST_ROWS = 100_000
PORTION = 2_000
# Lines that name nobody are listed up to so many.
NAMED = 50
Line = tuple[int, Row]


@dataclass(slots=True)
class Listed:
    """The members of a list, in its order and each once, and the lines that name nobody whom we know, or two people."""

    ids: dict[uuid.UUID, None] = field(default_factory=dict)
    doubles: int = 0
    unknown: int = 0
    unknown_lines: list[int] = field(default_factory=list)

    def add(self, line: int, customer_id: uuid.UUID | None) -> None:
        """Take a line along."""
        if customer_id is None:
            self.unknown += 1
            if len(self.unknown_lines) < NAMED:
                self.unknown_lines.append(line)
        elif customer_id in self.ids:
            self.doubles += 1
        else:
            self.ids[customer_id] = None


def read(file: UploadedFile) -> Listed:
    """Return the members in an uploaded list; runs in the merchant's scope. Raises FileRefused with the line and why."""
    found = Listed()
    with _on_disk(file) as path:
        lines = _lines(path)
        while portion := list(itertools.islice(lines, PORTION)):
            _look_up(portion, found)
    if not found.ids and not found.unknown:
        raise FileRefused([Problem(0, _("The file has a header, but no rows."))])
    return found


@contextmanager
def _on_disk(file: UploadedFile) -> Iterator[Path]:
    """Lend the file a place until it is read; the list is not kept."""
    with tempfile.NamedTemporaryFile() as target:
        for chunk in file.chunks():
            target.write(chunk)
        target.flush()
        yield Path(target.name)


def _lines(path: Path) -> Iterator[Line]:
    for number, (line, header, cells) in enumerate(rows_of(path, COLUMNS), 1):
        if number > MOST_ROWS:
            raise FileRefused([Problem(line, _("The file has more than %(most)s rows.") % {"most": f"{MOST_ROWS:,}"})])
        try:
            yield line, as_row(header, cells)
        except BadValue as error:
            raise FileRefused([Problem(line, str(error))]) from error


def _look_up(lines: Sequence[Line], found: Listed) -> None:
    known: Any = Customer.objects.filter(erased_at=None)
    cards = _by(known, "card_number", {row.get("card_number", "") for _line, row in lines})
    emails = _by(known, "email_norm", {email_norm(row.get("email", "")) for _line, row in lines})
    for line, row in lines:
        card, email = row.get("card_number", ""), email_norm(row.get("email", ""))
        named = {cards.get(card) if card else None, emails.get(email) if email else None} - {None}
        found.add(line, named.pop() if len(named) == 1 else None)


def _by(known: Any, column: str, wanted: set[str]) -> dict[str, uuid.UUID]:
    wanted = wanted - {""}
    return dict(known.filter(**{f"{column}__in": wanted}).values_list(column, "id")) if wanted else {}
