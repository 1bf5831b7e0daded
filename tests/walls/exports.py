"""What the buttons of exports are pressed on."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from exports import defining, running
from exports.export_states import Cause, Schedule
from exports.models import Export
from tenancy.actors import Actor
from tenancy.models import Membership, User
from tenancy.roles import Role
from tenancy.scope import current_merchant_id

Target = tuple[list[Any], dict[str, Any]]
FORM: dict[str, Any] = {
    "dataset": "claims",
    "name": "Claims",
    "order": ["id", "status"],
    "columns": ["id", "status"],
    "query": "status=new",
    "sort": "-submitted",
    "format": "csv",
    "reader": "people",
    "separator": ",",
    "decimal_sign": ".",
    "priority": "20",
    "schedule": "never",
    "weekday": "0",
    "month_day": "1",
}


def keeper() -> User:
    """Somebody who may export."""
    user: User = User.objects.create_user("exports@brew-bloom.example", name="Ella")
    Membership.objects.create(merchant_id=current_merchant_id(), user=user, role=Role.ADMIN)
    return user


def an_export(**values: Any) -> Export:
    """A definition."""
    known: dict[str, Any] = {"name": "Claims", "dataset": "claims", "columns": ["id"], "query": "", "sort": ""}
    return defining.create(values=known | values, user=keeper(), now=timezone.now())


def on_export(**body: Any) -> Callable[[], Target]:
    """A definition."""
    return lambda: ([an_export().id], body)


def stopped() -> Target:
    """A definition whose schedule was stopped."""
    export = an_export(schedule=Schedule.HOURLY)
    Export.objects.filter(id=export.id).update(next_at=None, failures=5, stopped_at=timezone.now())
    return [export.id], {}


def a_run(*, cancelled: bool = False) -> Callable[[], Target]:
    """A run that waits, or one that was called off."""

    def prepare() -> Target:
        export = an_export()
        run = running.ask(export_id=export.id, cause=Cause.HAND, user=export.owner, now=timezone.now())
        if cancelled:
            running.call_off(run_id=run.id, actor=Actor.user(export.owner), now=timezone.now())
        return [run.id], {}

    return prepare
