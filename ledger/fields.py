"""Columns of types that Django does not know."""

from typing import Any

from django.db import models


class TransactionIdField(models.Field):
    """The number of the transaction that wrote a row (xid8). Grows for ever; read as int.

    Incremental readers take what is below `pg_snapshot_xmin(pg_current_snapshot())`: nothing older can still appear.
    """

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        """Return the number."""
        return None if value is None else int(value)

    def get_db_prep_value(self, value: Any, *args: Any, **kwargs: Any) -> str | None:
        """Hand the number over as text: there is no cast from integers."""
        return None if value is None else str(value)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Cast the text."""
        return "%s::xid8"
