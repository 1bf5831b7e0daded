"""SQL compilers that keep every statement about a merchant's table inside its scope, and name the merchant.

Reading, updating and deleting outside a scope raises NoMerchant at the moment of execution, also where the query set
was built inside one. UPDATE and DELETE name the merchant even where Django composes them by id alone (collected
deletes, SET NULL). INSERT uses plain VALUES, which a distributed database can route.
"""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import compiler as postgresql
from django.db.models.lookups import Exact
from django.db.models.sql import compiler
from django.db.models.sql.where import AND, WhereNode

from tenancy.scope import current_merchant_id


def _merchant_field(model: Any) -> Any:
    """Return the field that names the merchant, or None for a table that belongs to nobody in particular."""
    return model._meta.get_field("merchant") if model is not None and hasattr(model, "take_merchant") else None


def _names_merchant(where: WhereNode, field: Any) -> bool:
    if where.connector != AND or where.negated:
        return False
    return any(
        _names_merchant(child, field)
        if isinstance(child, WhereNode)
        else isinstance(child, Exact) and getattr(child.lhs, "target", None) is field
        for child in where.children
    )


def _name_merchant(query: Any) -> None:
    field = _merchant_field(query.model)
    if field is None or settings.TENANCY_FILTERS_OFF or _names_merchant(query.where, field):
        return
    column = field.get_col(query.get_initial_alias())
    named: Any = Exact(column, current_merchant_id())
    query.where = WhereNode([named, query.where], AND)


class InScope:
    """Refuse to run a statement about a merchant's table where no merchant's door is open."""

    query: Any

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Run the statement; raise NoMerchant outside a scope."""
        if _merchant_field(self.query.model) is not None:
            current_merchant_id()
        return super().execute_sql(*args, **kwargs)  # type: ignore[misc]


class SQLCompiler(InScope, postgresql.SQLCompiler):
    """SELECT."""


class SQLAggregateCompiler(InScope, compiler.SQLAggregateCompiler):
    """SELECT over a subquery."""


class SQLInsertCompiler(InScope, compiler.SQLInsertCompiler):
    """INSERT ... VALUES: Django's own class for PostgreSQL would write INSERT ... SELECT FROM UNNEST."""


class SQLUpdateCompiler(InScope, compiler.SQLUpdateCompiler):
    """UPDATE ... WHERE merchant_id = ...."""

    def pre_sql_setup(self, with_col_aliases: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's own signature
        """Settle which rows are meant; Django replaces the conditions here when other tables decide about it."""
        found = super().pre_sql_setup()
        _name_merchant(self.query)
        return found


class SQLDeleteCompiler(InScope, compiler.SQLDeleteCompiler):
    """DELETE ... WHERE merchant_id = ... AND id IN (...)."""

    def _as_sql(self, query: Any) -> Any:
        _name_merchant(query)
        return super()._as_sql(query)  # type: ignore[misc]
