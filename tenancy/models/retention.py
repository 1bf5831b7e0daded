"""How long a merchant has its records kept."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from tenancy.base import MerchantModel


@dataclass(frozen=True, slots=True)
class Period:
    """What may be chosen for a kind of record, in days of 24 hours, the shortest first; `usual` holds until somebody chooses."""

    usual: int
    choices: tuple[int, ...]

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the shortest and the longest that the database takes."""
        return self.choices[0], self.choices[-1]


# A lower bound keeps what others rely on: tills that were offline send again for a month, webhooks are sent again for a
# week, and who did what can be looked up for a year. An upper bound keeps what holds people's data from staying for good.
PERIODS: dict[str, Period] = {
    "audit_days": Period(730, (365, 730, 1095, 1825, 3650)),
    "answer_days": Period(30, (30, 60, 90)),
    "call_days": Period(7, (1, 7, 14, 30)),
    "webhook_days": Period(30, (7, 14, 30, 60, 90)),
    "report_days": Period(90, (30, 60, 90, 180, 365)),
    "act_days": Period(90, (30, 60, 90, 180, 365)),
    "import_days": Period(30, (7, 14, 30, 60, 90)),
    "export_days": Period(7, (1, 3, 7, 14, 30)),
}


def _days(name: str) -> models.PositiveSmallIntegerField:
    usual = PERIODS[name].usual
    return models.PositiveSmallIntegerField(default=usual, db_default=usual)


class Retention(MerchantModel):
    """A merchant's periods, in days; one row, made when somebody chooses for the first time.

    ``version`` counts its changes, so that of two people who change it at once the second one is told. The function that
    removes audit events reads ``audit_days`` here, and knows the usual period by itself.
    """

    audit_days = _days("audit_days")
    answer_days = _days("answer_days")
    call_days = _days("call_days")
    webhook_days = _days("webhook_days")
    report_days = _days("report_days")
    act_days = _days("act_days")
    import_days = _days("import_days")
    export_days = _days("export_days")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant"], name="retention_once"),
            *(
                models.CheckConstraint(condition=Q(**{f"{name}__range": period.bounds}), name=f"retention_{name}")
                for name, period in PERIODS.items()
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"
