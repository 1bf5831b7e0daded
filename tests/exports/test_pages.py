"""The screens of exports: definitions, their form, runs, downloads, and the way here from every list."""

import io
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from exports import defining, links, running, store
from exports.catalogue import datasets
from exports.export_states import Cause, ExportState
from exports.models import Export, ExportRun
from exports.running import Written
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.exports.world import fill
from tests.support.counting import queries_of

FORM: dict[str, Any] = {
    "name": "Claims to look at",
    "order": ["status", "id", "customer_name"],
    "columns": ["id", "status"],
    "query": "status=new",
    "sort": "-submitted",
    "format": "csv",
    "reader": "systems",
    "separator": ";",
    "decimal_sign": ",",
    "priority": "30",
    "schedule": "daily",
    "time": "06:30",
    "weekday": "0",
    "month_day": "1",
}


def post(client: Client, address: str, values: dict[str, Any] | None = None) -> Any:
    return client.post(address, (values or {}) | {"op_id": str(uuid.uuid4())})


def make(client: Client, merchant: Merchant, **values: Any) -> Export:
    answer = post(client, path(merchant, "exports", "new"), FORM | {"dataset": "claims"} | values)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    found: Export = Export.objects.latest("created_at")
    return found


def finished(export: Export, content: bytes = b"id,status\n") -> ExportRun:
    """A run whose file is there."""
    run = running.ask(export_id=export.id, cause=Cause.HAND, user=export.owner, now=timezone.now())
    running.begin(run_id=run.id, job_id=run.job_id, attempt=1, now=timezone.now())  # type: ignore[arg-type]
    with store.draft(run.merchant_id, run.id) as file:
        file.write(content)
        kept = store.keep(file, merchant_id=run.merchant_id, run_id=run.id)
    running.note_file(run_id=run.id, written=Written(0, kept, None), now=timezone.now())
    return running.finish(run_id=run.id, delivered_to="", now=timezone.now())


@pytest.fixture
def inside(scope: Merchant) -> Merchant:
    """The merchant, with its door open for looking at rows."""
    return scope


def test_make_an_export_from_the_form(admin: Client, inside: Merchant) -> None:
    export = make(admin, inside)
    assert (export.columns, export.query, export.sort) == (["status", "id"], "status=new", "-submitted")
    assert (export.harmless, export.separator, export.at_minute, export.priority) == (False, ";", 390, 30)
    assert export.next_at is not None
    page = admin.get(path(inside, "exports", export.id)).content.decode()
    for shown in ("Claims to look at", "Status: <b>New</b>", "Every day at 06:30", "CSV, semicolon, for systems"):
        assert shown in page


def test_say_what_is_wrong_and_keep_what_was_typed(admin: Client, inside: Merchant) -> None:
    wrong = {"columns": [], "name": "", "schedule": "once"}
    answer = post(admin, path(inside, "exports", "new"), FORM | {"dataset": "claims"} | wrong)
    page = answer.content.decode()
    assert (answer.status_code, Export.objects.count()) == (422, 0)
    for shown in ("Choose at least one column", "This field is required", "still to come"):
        assert shown in page
    strange = post(admin, path(inside, "exports", "new"), FORM | {"dataset": "claims", "query": "status=lost"})
    assert (strange.status_code, "“lost” is not known" in strange.content.decode()) == (422, True)


def test_put_columns_in_order_without_scripts(admin: Client, inside: Merchant) -> None:
    answer = post(admin, path(inside, "exports", "new"), FORM | {"dataset": "claims", "move": "id:up"})
    page = answer.content.decode()
    assert (answer.status_code, Export.objects.count()) == (200, 0)
    assert page.index('name="order" value="id"') < page.index('name="order" value="status"')
    assert 'value="Claims to look at"' in page


def test_show_the_first_rows_before_anything_is_written(admin: Client, inside: Merchant) -> None:
    fill()
    page = post(admin, path(inside, "exports", "new"), FORM | {"dataset": "claims", "preview": "1"}).content.decode()
    assert ("The file holds these 2 rows." in page, Export.objects.count()) == (True, 0)
    nothing = FORM | {"dataset": "claims", "preview": "1", "query": "q=nobodyatall"}
    assert "its headings alone" in post(admin, path(inside, "exports", "new"), nothing).content.decode()


def test_ask_what_data_first(admin: Client, inside: Merchant) -> None:
    page = admin.get(path(inside, "exports", "new")).content.decode()
    assert [one.name for one in datasets().values() if f"?dataset={one.name}" not in page] == []
    for name in datasets():
        assert admin.get(path(inside, "exports", "new"), {"dataset": name}).status_code == 200
    assert post(admin, path(inside, "exports", "new"), {"dataset": "shoes"}).status_code == 404


LISTS = {
    "claims": "claims",
    "redeemed-rewards": "redeemed_rewards",
    "offer-responses": "offer_responses",
    "offers": "offers",
    "rewards": "rewards",
    "funnels": "funnels",
    "orders": "orders",
    "customers": "customers",
    "ledger": "ledger_entries",
}


@pytest.mark.parametrize("address", LISTS)
def test_lead_here_from_every_list(admin: Client, merchant: Merchant, address: str) -> None:
    response = admin.get(path(merchant, address))
    link = response.context["export_view_url"]
    asked = parse_qs(urlsplit(link).query)
    assert (asked["dataset"], "Export this view" in response.content.decode()) == ([LISTS[address]], True)
    form = admin.get(link)
    assert (form.status_code, form.context["form"]["sort"].value()) == (200, parse_qs(asked["state"][0])["sort"][0])


def test_carry_filters_columns_and_order_along(admin: Client, inside: Merchant) -> None:
    response = admin.get(path(inside, "claims"), {"status": "new", "sort": "customer", "columns": "customer.status"})
    form = admin.get(response.context["export_view_url"])
    page = form.content.decode()
    assert form.context["form"].columns == ["id", "customer_name", "status"]
    assert (form.context["form"]["query"].value(), form.context["form"]["sort"].value()) == ("status=new", "customer")
    assert "Status: <b>New</b>" in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_offer_nothing_to_those_who_may_not(merchant: Merchant, role: Role) -> None:
    client = sign_in(merchant, role)
    assert "Export this view" not in client.get(path(merchant, "claims")).content.decode()
    for address in (path(merchant, "exports"), path(merchant, "exports", "new"), path(merchant, "exports", "runs")):
        assert client.get(address).status_code == 403


def test_download_by_a_link_that_is_signed_and_expires(
    admin: Client, inside: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(make(admin, inside))
    page = admin.get(path(inside, "exports", "runs", run.id))
    link = page.context["file_url"]
    answer: Any = admin.get(link)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"id,status\n")
    assert answer["Content-Disposition"] == f'attachment; filename="{run.file_name}"'
    assert ("no-store" in answer["Cache-Control"], answer["X-Content-Type-Options"]) == (True, "nosniff")
    for wrong in (link[:-2] + "x/", links.download_url(merchant_slug=inside.slug, run_id=uuid.uuid4())):
        token = wrong.split("/")[-2]
        assert admin.get(path(inside, "exports", "runs", run.id, "file", token)).status_code == 302
    monkeypatch.setattr(signing.time, "time", lambda: timezone.now().timestamp() + 25 * 3600)  # type: ignore[attr-defined]
    assert links.is_good(link.split("/")[-2], run.id) is False


def test_look_at_the_rights_at_each_download(admin: Client, inside: Merchant) -> None:
    link = admin.get(path(inside, "exports", "runs", finished(make(admin, inside)).id)).context["file_url"]
    assert admin.get(link).status_code == 200
    Membership.objects.update(role=Role.AGENT)
    assert admin.get(link).status_code == 403
    Membership.objects.all().delete()
    assert admin.get(link).status_code == 404


def test_give_out_whole_files_only(admin: Client, inside: Merchant) -> None:
    run = finished(make(admin, inside))
    link = links.download_url(merchant_slug=inside.slug, run_id=run.id)
    store.path_of(inside.id, run.id).write_bytes(b"half")
    assert admin.get(link).status_code == 302
    store.forget(merchant_id=inside.id, run_id=run.id)
    page = admin.get(link, follow=True).content.decode()
    assert "is gone now" in page


def test_show_how_far_a_run_is(admin: Client, inside: Merchant) -> None:
    export = make(admin, inside)
    answer = post(admin, path(inside, "exports", export.id, "run"))
    run = ExportRun.objects.get()
    assert answer["Location"] == path(inside, "exports", "runs", run.id)
    page = admin.get(answer["Location"]).content.decode()
    assert ("Waiting for a worker" in page, "every 2s" in page, "Cancel" in page) == (True, True, True)
    part = admin.get(answer["Location"], {"part": "1"}).content.decode()
    assert "<html" not in part
    post(admin, path(inside, "exports", "runs", run.id, "cancel"))
    page = admin.get(answer["Location"]).content.decode()
    assert ("called off" in page, "every 2s" in page, "Try again" in page) == (True, False, True)
    post(admin, path(inside, "exports", "runs", run.id, "again"))
    assert ExportRun.objects.get().state == ExportState.QUEUED


def test_show_what_runs_above_the_definitions(admin: Client, inside: Merchant) -> None:
    export = make(admin, inside)
    finished(export, b"x" * 2048)
    post(admin, path(inside, "exports", make(admin, inside, name="Another").id, "run"))
    page = admin.get(path(inside, "exports")).content.decode()
    for shown in ("Running and recent", "Download", "2.0\xa0KB", "Another", "every 2s"):
        assert shown in page
    assert "every 2s" in admin.get(path(inside, "exports", "recent")).content.decode()


def test_archive_and_edit(admin: Client, inside: Merchant) -> None:
    export = make(admin, inside)
    edit = path(inside, "exports", export.id, "edit")
    assert admin.get(edit).context["form"]["time"].value().hour == 6
    values = FORM | {"version": "1", "name": "New name"}
    assert post(admin, edit, values).status_code == 302
    late = post(admin, edit, values)
    assert (late.status_code, "Somebody else" in late.content.decode()) == (422, True)
    post(admin, path(inside, "exports", export.id, "archive"))
    assert "New name" not in admin.get(path(inside, "exports"), {"archived": "no"}).content.decode()
    assert "New name" in admin.get(path(inside, "exports"), {"archived": "yes"}).content.decode()


def test_ask_few_questions_however_long_the_lists(admin: Client, inside: Merchant) -> None:
    counts = []
    for number in range(3):
        finished(make(admin, inside, name=f"Export {number}"))
        if number != 1:
            lists = (path(inside, "exports"), path(inside, "exports", "runs"))
            counts.append([len(queries_of(admin, address)) for address in lists])
    assert (counts[0], max(counts[0]) <= 12) == (counts[1], True)


def test_refuse_a_command_about_nothing(admin: Client, inside: Merchant) -> None:
    make(admin, inside)
    with pytest.raises(CommandError, match="no merchant"):
        call_command("run_export", "--merchant", "nobody", "Claims to look at")
    with pytest.raises(CommandError, match="no export"):
        call_command("run_export", "--merchant", inside.slug, "Shoes")


@pytest.mark.django_db(transaction=True)
def test_run_by_a_command_and_copy_the_file(merchant: Merchant, tmp_path: Path) -> None:
    user = User.objects.create(email="o@example.com")
    Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER)
    values = {"name": "All", "dataset": "customers", "columns": ["id", "email"], "query": "", "sort": ""}
    with merchant_scope(merchant):
        defining.create(values=values | {"harmless": False}, user=user, now=timezone.now())
    said = io.StringIO()
    call_command("run_export", "--merchant", merchant.slug, "All", "--to", str(tmp_path / "all.csv"), stderr=said)
    assert ((tmp_path / "all.csv").read_text(), said.getvalue().startswith("0 rows, 9 bytes")) == ("id,email\n", True)
