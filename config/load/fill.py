"""Writing whole tables by one statement each, over the owner's connection and inside a merchant's scope."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connections, models

from tenancy.models import Merchant, User

OWNER = "owner"


@dataclass(slots=True)
class Loader:
    """One merchant being filled: who it is, how much of what is wanted, and the values that statements name.

    `now` is aware; nothing that is written lies after it. `say` is told how far it is.
    """

    merchant: Merchant
    staff: dict[str, User]
    now: datetime
    wanted: Mapping[str, int]
    say: Callable[[str], None]
    params: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.params |= {"merchant": self.merchant.id, "now": self.now}

    def run(self, statement: str, **more: Any) -> int:
        """Run one statement and return how many rows it wrote."""
        with connections[OWNER].cursor() as cursor:
            cursor.execute(statement, self.params | more)
            return int(cursor.rowcount)

    def value(self, statement: str) -> Any:
        """Return the only value that a statement finds."""
        with connections[OWNER].cursor() as cursor:
            cursor.execute(statement, self.params)
            return cursor.fetchone()[0]

    def draft(self, name: str, query: str, **more: Any) -> int:
        """Keep what a query finds in a temporary table of this name, in place of an earlier one; return its size."""
        self.run(f"DROP TABLE IF EXISTS pg_temp.{name}")
        made = self.run(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {query}", **more)
        self.run(f"ANALYZE pg_temp.{name}")
        return made

    def copy(self, name: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        """Keep rows of Python values in a temporary table of this name; `columns` declares them in SQL."""
        self.run(f"DROP TABLE IF EXISTS pg_temp.{name}")
        self.run(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
        with connections[OWNER].cursor() as cursor, cursor.copy(f"COPY pg_temp.{name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self.run(f"ANALYZE pg_temp.{name}")

    def fill(self, table: type[models.Model], given: Mapping[str, str], source: str, **more: Any) -> int:
        """Insert into a model's table one row for each of `source`; `given` says what stands in which column.

        Columns that are not given hold the model's default. Returns how many rows were written.
        """
        fields = [one for one in table._meta.concrete_fields if not (one.generated or one.has_db_default())]
        unknown = set(given) - {one.column for one in fields}
        if unknown:
            raise LookupError(f"{table.__name__} has no column {', '.join(sorted(unknown))}.")
        written = {str(one.column): given.get(str(one.column)) or self._otherwise(one, more) for one in fields}
        names = ", ".join(f'"{column}"' for column in written)
        values = ", ".join(written.values())
        name = table._meta.db_table
        into = name if name.startswith('"') else f'"{name}"'
        return self.run(f"INSERT INTO {into} ({names}) SELECT {values} FROM {source}", **more)

    def _otherwise(self, column: models.Field, params: dict[str, Any]) -> str:
        if column.column == "merchant_id":
            return "%(merchant)s"
        if column.primary_key:
            return "uuidv7()"
        params[f"default_{column.column}"] = column.get_db_prep_save(column.get_default(), connections[OWNER])
        return f"%(default_{column.column})s"
