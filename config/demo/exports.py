"""Exports of the demo: by hand, by the clock, to people and to a server; runs in every state that a run ends in.

The worker writes what waits as soon as it starts. The file server does not exist, so what goes there says so: it is
delivered again and again, and fails in the end.
"""

import uuid
from typing import Any

from config.demo.base import Stage
from exports.catalogue import dataset
from exports.defining import create
from exports.destinations import services as destinations
from exports.export_states import Cause, ExportState, Schedule
from exports.formats.kinds import Format
from exports.models import Destination, DestinationKind, Export, ExportRun
from exports.models.export import MOST_FAILURES
from exports.running import ask, call_off, refuse

SIX = 6 * 60
# An address that nobody can have.
SERVER = {"host": "files.warehouse.example", "port": 22, "username": "claims", "folder": "inbox", "host_key": ""}


def define_exports(stage: Stage) -> None:
    """Make two destinations, definitions of each kind, and runs."""
    owner, now = stage.staff["owner"], stage.now
    server, people = _server(stage), _people(stage)
    claims = _made(stage, "Claims of today", "claims", ["submitted", "customer", "product", "status"])
    _made(stage, "Redeemed rewards", "redeemed_rewards", format=Format.XLSX, schedule=Schedule.MONTHLY, at_minute=SIX)
    weekly = _made(
        stage,
        "Redeemed in the last 7 days",
        "redeemed_rewards",
        query="redeemed_from=7_days_ago&redeemed_to=yesterday",
        format=Format.XLSX,
        destination=people,
        schedule=Schedule.WEEKLY,
        at_minute=SIX,
    )
    changes = _made(
        stage,
        "Responses to the warehouse",
        "offer_responses",
        format=Format.JSONL,
        harmless=False,
        changed_only=True,
        destination=server,
        schedule=Schedule.DAILY,
        at_minute=SIX,
    )
    everything = _made(stage, "Everything in the ledger", "ledger_entries", format=Format.JSONL, harmless=False)
    called_off = ask(export_id=everything.id, cause=Cause.HAND, user=owner, now=now)
    call_off(run_id=called_off.id, actor=stage.actor("owner"), now=now)
    _break(stage)
    for export in (claims, weekly, changes):
        ask(export_id=export.id, cause=Cause.HAND, user=owner, now=now)


def _break(stage: Stage) -> None:
    """Make an export whose fifth run in a row has failed: it is stopped."""
    broken = _made(stage, "Orders, open ones", "orders", query="status=lost", schedule=Schedule.WEEKLY, at_minute=SIX)
    Export.objects.filter(id=broken.id).update(failures=MOST_FAILURES - 1)
    run = ask(export_id=broken.id, cause=Cause.SCHEDULE, user=None, now=stage.now)
    ExportRun.objects.filter(id=run.id).update(state=ExportState.RUNNING, started_at=stage.now)
    refuse(run_id=run.id, words="Status: “lost” is not known.", code="NotUnderstood", now=stage.now)


def _server(stage: Stage) -> Destination:
    """Make the file server; its password is made up, and known to nobody."""
    secret = {"password": uuid.UUID(int=stage.dice.getrandbits(128)).hex}
    return _destination(stage, "Warehouse", DestinationKind.SFTP, SERVER, secret)


def _people(stage: Stage) -> Destination:
    told = [stage.staff[role].email for role in ("owner", "admin")]
    return _destination(stage, "Bookkeeping", DestinationKind.EMAIL, {"recipients": told}, {})


def _destination(
    stage: Stage, name: str, kind: DestinationKind, settings: dict[str, Any], secret: dict[str, str]
) -> Destination:
    return destinations.create(
        kind=kind, name=name, settings=settings, secret=secret, user=stage.staff["owner"], now=stage.now
    )


def _made(stage: Stage, name: str, data: str, columns: list[str] | None = None, **values: Any) -> Export:
    found = dataset(data)
    known: dict[str, Any] = {
        "name": name,
        "dataset": data,
        "columns": found.of_list(columns or found.page.table_class.shown(())),
        "query": "",
        "sort": found.page.default_sort,
        "format": Format.CSV,
    }
    return create(values=known | values, user=stage.staff["owner"], now=stage.now)
