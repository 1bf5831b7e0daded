"""Ask the catalogue, and say what must be mended."""

from dataclasses import dataclass

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from tenancy.base import MerchantModel
from tenancy.distribution.rules import RULES
from tenancy.distribution.tables import Tables


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A rule, and what breaks it."""

    rule: str
    name: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def lint(connection: BaseDatabaseWrapper, tables: Tables) -> list[Fault]:
    """Return every fault of the schema and of the models; none is what a distributed database needs."""
    found = _many_to_many()
    with connection.cursor() as cursor:
        for rule, question in RULES.items():
            cursor.execute(question, tables.parameters)
            found += [Fault(rule, row[0]) for row in cursor.fetchall()]
    return sorted(found)


def _many_to_many() -> list[Fault]:
    owned = [model for model in apps.get_models() if issubclass(model, MerchantModel)]
    return [
        Fault("automatic many-to-many", f"{model._meta.label}.{field.name}")
        for model in owned
        for field in model._meta.local_many_to_many
        if field.remote_field.through._meta.auto_created  # type: ignore[union-attr]
    ]
