"""The number by which incremental readers know what has changed."""

from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Func

from tenancy.base import MerchantManager, MerchantQuerySet


class TransactionId(Func):
    """The writing transaction's id. Readers take what is below the oldest transaction still running, so miss nothing."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = BigIntegerField()


class ChangeField(models.BigIntegerField):
    """A column that each insert and each save fills with the transaction's id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, db_default=TransactionId())
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave out what __init__ always sets."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        kwargs.pop("db_default", None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        """Return the expression that the database fills in, whatever the row in memory says."""
        return TransactionId()


class ChangedQuerySet(MerchantQuerySet):
    """A query set of rows with a ChangeField: its updates, in bulk as well, are seen by incremental readers."""

    def update(self, **values: Any) -> int:
        """Update, and say that the rows have changed."""
        return super().update(**values | {"change_xid": TransactionId()})


class ChangedManager(MerchantManager.from_queryset(ChangedQuerySet)):  # type: ignore[misc]
    """Finds such rows of the merchant whose door is open."""
