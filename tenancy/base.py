"""Base classes of everything that belongs to a merchant."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode

from tenancy.ids import new_id
from tenancy.scope import current_merchant_id


class MerchantQuerySet(models.QuerySet[Any]):
    """A query set whose bulk inserts carry the merchant too."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Insert rows of the merchant in scope; see Django's bulk_create."""
        objs = list(objs)
        for row in objs:
            row.take_merchant()
        return super().bulk_create(objs, *args, **kwargs)

    def update(self, **values: Any) -> int:
        """Update, refusing to name the merchant: a row never changes its owner."""
        if "merchant" in values or "merchant_id" in values:
            raise MerchantChange
        return super().update(**values)


_ScopedManager: Any = models.Manager.from_queryset(MerchantQuerySet)


class MerchantManager(_ScopedManager):
    """Finds rows of the merchant whose door is open, and raises NoMerchant where none is."""

    def get_queryset(self) -> MerchantQuerySet:
        """Return the merchant's rows."""
        merchant_id = current_merchant_id()
        found: Any = super().get_queryset()
        if settings.TENANCY_FILTERS_OFF:
            return found
        return found.filter(merchant_id=merchant_id)


class MerchantChange(RuntimeError):  # noqa: N818
    """A row was about to change its merchant."""

    def __init__(self) -> None:
        super().__init__("A row never changes its merchant.")


class MerchantForeignKey(models.ForeignKey):
    """A reference to another row of the same merchant.

    Joins compare the merchant too. The constraint in the database is (merchant_id, x_id) and is made by the
    migration operations of `tenancy.operations`; there is no index unless the model declares one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave out what __init__ always sets."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        return name, path, args, kwargs

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> WhereNode | None:
        """Add "same merchant" to a join; to the subquery of an exclude(), which asks with one alias, the merchant."""
        if settings.TENANCY_FILTERS_OFF or not (alias or related_alias):
            return None
        ours: Any = self.model._meta.get_field("merchant")
        theirs: Any = self.related_model._meta.get_field("merchant")
        same: Any = (
            Exact(theirs.get_col(alias), ours.get_col(related_alias))
            if alias and related_alias
            else Exact(ours.get_col(alias or related_alias), current_merchant_id())
        )
        return WhereNode([same], connector=AND)


class MerchantModel(models.Model):
    """A row that belongs to one merchant; its real key is (merchant_id, id)."""

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    objects = MerchantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert or update in the scope of the row's merchant."""
        self.take_merchant()
        super().save(*args, **kwargs)

    def take_merchant(self) -> None:
        """Belong to the merchant in scope; raise MerchantChange if it belongs to another."""
        merchant_id = current_merchant_id()
        known: Any = self.merchant_id
        self.merchant_id = known or merchant_id
        if self.merchant_id != merchant_id:
            raise MerchantChange

    def validate_constraints(self, exclude: Any = None) -> None:
        """Check the constraints, those that name the merchant too, although no form has a field for it."""
        self.take_merchant()
        super().validate_constraints(exclude=set(exclude or ()) - {"merchant"})

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *more: Any) -> Any:
        values = [value for value in values if value[0].attname != "merchant_id"]
        return super()._do_update(base_qs, using, pk_val, values, *more)

    @classmethod
    def made_with(cls, **values: Any) -> Self:
        """Return an unsaved row of the merchant in scope."""
        return cls(merchant_id=current_merchant_id(), **values)
