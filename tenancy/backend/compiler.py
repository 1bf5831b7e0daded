"""SQL compilers: plain VALUES on insert, and the merchant named in every DELETE."""

from typing import Any

from django.db.models.lookups import Exact
from django.db.models.sql import compiler
from django.db.models.sql.compiler import (  # noqa: F401 - Django looks them up in this module
    SQLAggregateCompiler,
    SQLCompiler,
    SQLUpdateCompiler,
)
from django.db.models.sql.where import AND, WhereNode

from tenancy.scope import merchant_in_scope


class SQLInsertCompiler(compiler.SQLInsertCompiler):
    """INSERT ... VALUES, never INSERT ... SELECT FROM UNNEST."""


class SQLDeleteCompiler(compiler.SQLDeleteCompiler):
    """DELETE ... WHERE merchant_id = ... AND id IN (...): one shard answers."""

    def as_sql(self) -> Any:
        """Compile the statement."""
        model = self.query.model
        field = next((f for f in model._meta.concrete_fields if f.attname == "merchant_id"), None) if model else None
        merchant_id = merchant_in_scope()
        if field is not None and merchant_id is not None and hasattr(model, "take_merchant"):
            column = field.get_col(self.query.get_initial_alias())
            self.query.where = WhereNode([Exact(column, merchant_id), self.query.where], AND)
        return super().as_sql()
