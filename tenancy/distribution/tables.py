"""Which tables there are, by what they are to a distributed database."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from tenancy.base import MerchantModel

# Copied to every machine: whom everything belongs to, and who works for whom.
REFERENCE = ("tenancy_merchant", "tenancy_user", "tenancy_membership")
# Tables that name a merchant and stand outside the walls all the same, with the reason.
EXCUSED = {
    "tenancy_membership": "says which merchant's door may be opened",
    "tenancy_securityevent": "a failed sign-in has no merchant yet",
}
SCHEMAS = ("public", "ledger")


@dataclass(frozen=True, slots=True)
class Tables:
    """Names as PostgreSQL prints them, and the parameters of the questions in `rules`."""

    merchants: tuple[str, ...]
    reference: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, Any]:
        """Return what every question may use."""
        return {
            "tables": list(self.merchants),
            "known": [*self.merchants, *self.reference],
            "excused": list(EXCUSED),
            "schemas": list(SCHEMAS),
        }


def tables_of(connection: BaseDatabaseWrapper) -> Tables:
    """Return the merchants' tables (every model of the house, those that Django does not manage too)."""
    with connection.cursor() as cursor:
        # A short path prints a schema's name with every table that is not in `public`.
        cursor.execute(
            "SELECT c.oid::regclass::text FROM unnest(%s::text[]) name JOIN pg_class c ON c.oid = to_regclass(name)"
            " ORDER BY 1",
            [sorted(_models())],
        )
        found = tuple(row[0] for row in cursor.fetchall())
    return Tables(found, REFERENCE)


def _models() -> set[str]:
    return {
        model._meta.db_table if '"' in model._meta.db_table else f'"{model._meta.db_table}"'
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, MerchantModel)
    }
