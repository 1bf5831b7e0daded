"""The journal as Python sees it: to be read. The functions behind `ledger.services` write it, nobody else can."""

from typing import Any, ClassVar, NoReturn

from django.db import models

from ledger.fields import TransactionIdField
from ledger.units import Bucket, Unit
from tenancy.base import MerchantForeignKey, MerchantManager, MerchantModel, MerchantQuerySet
from tenancy.places import Place


class AppendOnly(TypeError):  # noqa: N818 - reads as a sentence where it is raised
    """Somebody tried to write the journal through the ORM."""

    def __init__(self) -> None:
        super().__init__("The ledger is written by ledger.services alone.")


class LedgerQuerySet(MerchantQuerySet):
    """A query set that reads."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    create = get_or_create = update_or_create = bulk_create = bulk_update = update = delete = _refuse
    acreate = aget_or_create = aupdate_or_create = abulk_create = abulk_update = aupdate = adelete = _refuse
    _raw_delete = _update = _insert = _refuse


class LedgerManager(MerchantManager.from_queryset(LedgerQuerySet)):  # type: ignore[misc]
    """Finds the merchant's rows, and writes none."""


class LedgerModel(MerchantModel):
    """A row of the journal."""

    objects: ClassVar[Any] = LedgerManager()

    class Meta(MerchantModel.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise AppendOnly."""
        raise AppendOnly

    def save_base(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise AppendOnly."""
        raise AppendOnly

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise AppendOnly."""
        raise AppendOnly


class Account(LedgerModel):
    """Who holds what: HELD of a customer, with its balance, or one of the merchant's own, without."""

    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="accounts")
    bucket = models.TextField(choices=Bucket.choices)
    unit = models.TextField(choices=Unit.choices)
    balance = models.BigIntegerField(null=True)

    class Meta(LedgerModel.Meta):
        db_table = '"ledger"."accounts"'

    def __str__(self) -> str:
        return f"{self.bucket} {self.unit}"


class Entry(LedgerModel):
    """One immutable fact: what happened (`event`), to whom, because of which document (`origin`, `origin_id`)."""

    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="entries")
    event = models.TextField()
    origin = models.TextField()
    origin_id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.TextField()
    idempotency_key = models.TextField()
    digest = models.BinaryField(null=True)
    reverses = MerchantForeignKey(
        "ledger.Entry", db_column="reverses", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    note = models.TextField()
    change_xid = TransactionIdField()

    class Meta(LedgerModel.Meta):
        db_table = '"ledger"."entries"'
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.event} {self.occurred_at:%Y-%m-%d %H:%M:%S}"


class Grant(LedgerModel):
    """An amount of one unit given to one customer, usable from `usable_from` until `expires_at`: lot or voucher."""

    account = MerchantForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    entry = MerchantForeignKey(Entry, on_delete=models.PROTECT, related_name="grants")
    unit = models.TextField(choices=Unit.choices)
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    code = models.TextField(null=True)  # noqa: DJ001 - a lot of points has none, and "" would be a code
    earned_at = models.DateTimeField()
    valid_from = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    usable_from = models.DateTimeField()
    is_open = models.BooleanField()

    class Meta(LedgerModel.Meta):
        db_table = '"ledger"."grants"'

    def __str__(self) -> str:
        return f"{self.remaining} of {self.amount} {self.unit}"


class Movement(LedgerModel):
    """An amount of one grant going from `source` to `target`; `held_after`: the customer's balance right after."""

    entry = MerchantForeignKey(Entry, on_delete=models.PROTECT, related_name="movements")
    position = models.IntegerField()
    grant = MerchantForeignKey(Grant, on_delete=models.PROTECT, related_name="movements")
    unit = models.TextField(choices=Unit.choices)
    source = MerchantForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing")
    target = MerchantForeignKey(Account, on_delete=models.PROTECT, related_name="incoming")
    amount = models.BigIntegerField()
    held_after = models.BigIntegerField()

    class Meta(LedgerModel.Meta):
        db_table = '"ledger"."movements"'

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


class LedgerCheck(MerchantModel):
    """The last result of checking a merchant's books (one row per merchant, overwritten)."""

    checked_at = models.DateTimeField()
    ok = models.BooleanField()
    findings = models.JSONField(default=list)
    counts = models.JSONField(default=dict)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant"], name="ledger_check_once")]

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M:%S} {'ok' if self.ok else 'findings'}"


class HourSum(MerchantModel):
    """How much of a unit went from one kind of account to another in one hour (UTC), by when it happened."""

    hour = models.DateTimeField()
    unit = models.TextField(choices=Unit.choices)
    source = models.TextField(choices=Bucket.choices)
    target = models.TextField(choices=Bucket.choices)
    amount = models.BigIntegerField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "hour", "unit", "source", "target"], name="ledger_hour_sum_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit} {self.hour:%Y-%m-%d %H}"


class HourState(Place):
    """How far a merchant's HourSums go: they hold the entries written by transactions below `upto`."""

    upto = models.BigIntegerField(default=0)

    NUMBER = "upto"
    ENTRY = ""

    class Meta(Place.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant"], name="ledger_hour_state_once")]

    def __str__(self) -> str:
        return str(self.upto)
