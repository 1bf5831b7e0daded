"""The form of an export while things change around it: filters left out, a destination that is archived."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from exports.destinations import services as destinations
from exports.models import Destination, Export
from jobs.models import Job
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Membership, Merchant
from tenancy.roles import Role
from tests.claims_pages.factories import path, sign_in
from tests.exports.test_pages import FORM, make, post


@pytest.fixture
def owner(scope: Merchant) -> Client:
    return sign_in(scope, Role.OWNER)


def mailbox(merchant: Merchant) -> Destination:
    """Where files go by mail."""
    user = Membership.objects.filter(merchant=merchant, role=Role.ADMIN).latest("created_at").user
    known: dict[str, Any] = {"recipients": [user.email]}
    return destinations.create(
        kind="email", name="Bookkeeping", settings=known, secret={}, user=user, now=timezone.now()
    )


def edited(client: Client, merchant: Merchant, export: Export, **values: Any) -> Any:
    return post(client, path(merchant, "exports", export.id, "edit"), FORM | {"version": export.version} | values)


def test_keep_what_was_typed_where_a_filter_is_left_out(admin: Client, scope: Merchant) -> None:
    typed = FORM | {"dataset": "claims", "query": "status=new&q=ann", "format": "xlsx", "name": "Mine"}
    answer = post(admin, path(scope, "exports", "new"), typed | {"narrow": "q=ann"})
    form = answer.context["form"]
    assert (answer.status_code, Export.objects.count(), form.columns) == (200, 0, ["status", "id"])
    assert [form[name].value() for name in ("name", "format", "query")] == ["Mine", "xlsx", "q=ann"]
    assert 'name="narrow" value=""' in answer.content.decode()


def test_do_not_turn_an_export_into_a_download_where_its_destination_was_archived(
    admin: Client, scope: Merchant
) -> None:
    where = mailbox(scope)
    export = make(admin, scope, destination=str(where.id))
    destinations.archive(destination_id=where.id, actor=Actor.system(), now=timezone.now())
    assert "Bookkeeping (archived)" in admin.get(path(scope, "exports", export.id)).content.decode()
    form = admin.get(path(scope, "exports", export.id, "edit"))
    assert f'value="{where.id}" selected>Bookkeeping (archived)<' in form.content.decode()
    refused = edited(admin, scope, export, destination=str(where.id), name="Other")
    assert (refused.status_code, "This destination is archived." in refused.content.decode()) == (422, True)
    assert edited(admin, scope, export, destination="", name="Other").status_code == 302
    export.refresh_from_db()
    assert (export.name, export.destination_id) == ("Other", None)
    # Nobody else is offered it.
    fresh = admin.get(path(scope, "exports", "new"), {"dataset": "claims"}).content.decode()
    assert "Bookkeeping" not in fresh
    strange = post(admin, path(scope, "exports", "new"), FORM | {"dataset": "claims", "destination": str(uuid.uuid4())})
    assert strange.status_code == 422


def test_log_what_was_changed_and_nothing_else(admin: Client, scope: Merchant, owner: Client) -> None:
    where = mailbox(scope)
    export = make(admin, scope, destination=str(where.id))
    assert edited(admin, scope, export, destination="", schedule="weekly").status_code == 302
    log = owner.get(path(scope, "settings", "audit"), {"action": "export.changed"})
    cell = strip_tags(log.context["table"].render_changes(log.context["table"].records[0]))
    assert cell == "schedule: daily → weekly; destination: Bookkeeping → —"
    changed: dict[str, Any] = {"recipients": [*where.settings["recipients"], "more@example.com"]}
    facts: dict[str, Any] = {"name": where.name, "settings": changed, "secret": {}}
    destinations.change(destination_id=where.id, actor=Actor.system(), now=timezone.now(), **facts)
    event = AuditEvent.objects.get(action="destination.changed")
    assert (event.before, event.after) == (where.settings, changed)


def test_announce_no_run_of_a_schedule_that_is_over(admin: Client, scope: Merchant) -> None:
    def waiting() -> list[int]:
        due = Job.objects.filter(kind="export.due", state="due", payload__export=str(export.id))
        return [job.payload["turn"] for job in due]

    export = make(admin, scope)
    other = make(admin, scope)
    assert edited(admin, scope, export, time="07:00").status_code == 302
    export.refresh_from_db()
    assert waiting() == [export.turn]
    assert edited(admin, scope, export, schedule="never").status_code == 302
    assert waiting() == []
    export.refresh_from_db()
    assert edited(admin, scope, export, schedule="daily").status_code == 302
    post(admin, path(scope, "exports", export.id, "archive"))
    assert waiting() == []
    assert Job.objects.filter(kind="export.due", state="due", payload__export=str(other.id)).count() == 1
