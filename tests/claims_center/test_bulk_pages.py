"""The pages of bulk acts: choosing, preview, progress, results, file, undo."""

import csv
import io
import tracemalloc
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_center.bulk import csvfile, services
from claims_center.models import BulkAct, BulkRow, BulkSelection, Claim
from jobs.models import Job
from jobs.runner import run_one
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import Shop, done, run
from tests.claims_center.factories import NOW, STAFF
from tests.claims_pages.factories import path, sign_in
from ui.bulk import Selection, signed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
MOST_QUERIES = 12


@pytest.fixture
def agent(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.AGENT)


@pytest.fixture
def shop(merchant: Merchant) -> Shop:
    with merchant_scope(merchant):
        return Shop()


@pytest.fixture
def claims(merchant: Merchant, shop: Shop) -> list[Claim]:
    """One that matches, two that do not."""
    with merchant_scope(merchant):
        return [shop.claim(), shop.claim(verification="no_such_order"), shop.claim(verification="too_old")]


def chosen(client: Client, merchant: Merchant, act: str, claims: list[Claim], **more: Any) -> str:
    """Tick claims in the list and press an act; return the address of its preview."""
    body = {"id": [str(claim.id) for claim in claims], "query": signed("")} | more
    answer = client.post(path(merchant, "claims", "bulk", act), body)
    assert answer.status_code == 302
    return str(answer["Location"])


def begun(client: Client, merchant: Merchant, act: str, claims: list[Claim], **more: Any) -> BulkAct:
    """Go on from the preview; return the act."""
    answer = client.post(chosen(client, merchant, act, claims), {"confirm": "1", **more})
    assert answer.status_code == 302, answer.context["form"].errors
    with merchant_scope(merchant):
        found: BulkAct = BulkAct.objects.get(id=answer["Location"].split("/")[-2])
        return found


def page_of(bulk: BulkAct, merchant: Merchant, *parts: str) -> str:
    return path(merchant, "claims", "bulk-acts", bulk.id, *parts)


def test_say_how_many_and_why_not_the_others(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    page = agent.get(chosen(agent, merchant, "verify", claims))

    said = page.context["preview"]
    assert (said.total, said.will_do, said.with_reason) == (3, 1, 2)
    text = page.content.decode()
    for words in (
        "The order check does not say Match",
        "Will be skipped",
        "Verify: 1 claim",
        str(claims[1].customer_name),
    ):
        assert words in text
    with merchant_scope(merchant):
        assert (Job.objects.filter(kind="claims.bulk").count(), BulkRow.objects.count()) == (0, 0)
        assert set(Claim.objects.values_list("status", flat=True)) == {"new"}


def test_verify_the_others_too_where_a_reason_is_given(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    bulk = run(merchant, begun(agent, merchant, "verify", claims, reason="Receipts seen"))

    assert (bulk.done, bulk.skipped) == (3, 0)
    with merchant_scope(merchant):
        reasons = dict(Claim.objects.values_list("verification", "changes__reason").filter(changes__seq=2))
        assert reasons == {"match": "", "no_such_order": "Receipts seen", "too_old": "Receipts seen"}


def test_show_progress_then_a_result_for_each(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    bulk = begun(agent, merchant, "verify", claims)
    page = agent.get(page_of(bulk, merchant))
    assert 'hx-trigger="every 1s"' in page.content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page.content.decode()
    part = agent.get(page_of(bulk, merchant) + "?part=1")
    assert ("<progress" in part.content.decode(), "Stop here" in part.content.decode()) == (True, True)

    run(merchant, bulk)

    assert agent.get(page_of(bulk, merchant) + "?part=1")["HX-Refresh"] == "true"
    text = agent.get(page_of(bulk, merchant)).content.decode()
    assert 'hx-trigger="every 1s"' not in text
    for words in ("It can be undone until", "Undo …", "Export this view"):
        assert words in text
    assert agent.get(page_of(bulk, merchant) + "?result=done").context["total"].number == 1
    assert agent.get(page_of(bulk, merchant) + "?result=skipped").context["total"].number == 2
    assert agent.get(page_of(bulk, merchant) + "?reason=o").context["total"].number == 2


def test_take_all_that_match_and_look_again_at_their_turn(agent: Client, merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        inside, leaving, outside = shop.claim(), shop.claim(), shop.claim("verified")
    preview = chosen(agent, merchant, "verify", [], all="1", query=signed("status=new"))
    with merchant_scope(merchant):
        # Past its version: the filter alone sees it.
        Claim.objects.filter(id=leaving.id).update(status="needs_info", status_reason="Why?")
        late = shop.claim()
    shown = agent.get(preview).context["preview"]
    assert (shown.will_do, [(one.outcome, one.number) for one in shown.skips]) == (1, [("f", 1)])

    answer = agent.post(preview, {"confirm": "1"})
    with merchant_scope(merchant):
        bulk = BulkAct.objects.get(id=answer["Location"].split("/")[-2])
    run(merchant, bulk)

    with merchant_scope(merchant):
        letters = dict(BulkRow.objects.values_list("claim_id", "outcome"))
        assert letters == {inside.id: "+", leaving.id: "f"}
        assert [Claim.objects.get(id=one.id).version for one in (late, outside)] == [late.version, outside.version]


def test_go_by_the_days_of_the_merchant(merchant: Merchant, shop: Shop) -> None:
    """Noon in Greenwich is two in the morning of the next day on the Line Islands."""
    Merchant.objects.filter(id=merchant.id).update(time_zone="Pacific/Kiritimati")
    with merchant_scope(merchant):
        claim = shop.claim()
        Claim.objects.filter(id=claim.id).update(submitted_at=datetime(2026, 11, 10, 12, tzinfo=UTC))
        chosen = Selection((), everything=True, query="submitted_from=2026-11-11&submitted_to=2026-11-11")
        with timezone.override("Pacific/Kiritimati"):
            bulk = services.draft(act="verify", selection=chosen, actor=STAFF, now=timezone.now())
        bulk = services.start(bulk_id=bulk.id, given={}, actor=STAFF, now=timezone.now())

    assert run(merchant, bulk).done == 1


def test_do_more_than_a_thousand_if_the_filter_finds_them(agent: Client, merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        shop.claim()
        bulk = services.draft(
            act="assign", selection=Selection((), everything=True, query=""), actor=_actor(agent), now=NOW
        )
        ids = [str(uuid.uuid4()) for _number in range(20_000)]
        BulkSelection.objects.update(ids=ids, versions=[1] * 20_000)
        BulkAct.objects.update(total=20_000)
    said = agent.get(page_of(bulk, merchant, "preview")).context["preview"]
    assert [(one.outcome, one.number) for one in said.skips] == [("g", 20_000)]


def _actor(client: Client) -> Any:
    from tenancy.actors import Actor  # noqa: PLC0415 - beside its use

    return Actor.user(client.user)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    [
        {"all": "1", "query": signed("verification=zzz")},
        {"all": "1", "query": signed("unknown=1")},
        {"all": "1", "query": "status=new"},
        {"all": "1", "query": signed("status=rejected")},
        {"id": [], "query": signed("")},
        {"id": ["junk"], "query": signed("")},
        {"id": [str(uuid.uuid4())], "query": signed("")},
    ],
)
def test_say_so_where_nothing_is_chosen(
    agent: Client, merchant: Merchant, claims: list[Claim], body: dict[str, Any]
) -> None:
    answer = agent.post(path(merchant, "claims", "bulk", "verify"), body, follow=True)

    assert (answer.status_code, answer.redirect_chain[0][0]) == (200, path(merchant, "claims"))
    with merchant_scope(merchant):
        assert not BulkAct.objects.exists()


def test_offer_nothing_to_begin_where_everything_is_skipped(agent: Client, merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        verified = shop.claim("verified")
    text = agent.get(chosen(agent, merchant, "unprocess", [verified])).content.decode()
    assert ("None of them can be done as things stand." in text, 'name="confirm"' in text) == (True, False)


def test_ask_for_the_reason_of_a_rejection(agent: Client, merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "pool", sent=True), shop.claim()]
    preview = chosen(agent, merchant, "reject", claims)
    page = agent.get(preview)
    assert "holds a gift that was sent" in page.content.decode()
    assert "return_code" in page.context["form"].fields
    assert agent.post(preview, {"confirm": "1", "reason": " "}).status_code == 422

    bulk = run(merchant, begun(agent, merchant, "reject", claims, reason="Wrong campaign", return_code="on"))

    assert bulk.done == 2
    with merchant_scope(merchant):
        assert set(Claim.objects.values_list("status", "status_reason")) == {("rejected", "Wrong campaign")}
        assert AuditEvent.objects.filter(action="code.put_back").count() == 1


def test_count_anew_for_another_person(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    me = str(agent.user.id)  # type: ignore[attr-defined]
    preview = chosen(agent, merchant, "assign", claims)
    assert agent.get(preview).context["preview"].will_do == 0
    assert agent.get(f"{preview}?assignee={me}").context["preview"].will_do == 3
    # Chosen, and gone on without having seen the numbers for it.
    recounted = agent.post(preview, {"confirm": "1", "assignee": me, "counted_for": ""})
    assert (recounted.status_code, recounted.context["preview"].will_do) == (422, 3)

    bulk = run(merchant, begun(agent, merchant, "assign", claims, assignee=me, counted_for=me))
    again = agent.get(f"{chosen(agent, merchant, 'assign', claims)}?assignee={me}").context["preview"]
    nobody = run(merchant, begun(agent, merchant, "assign", claims))

    assert (bulk.done, again.will_do, nobody.done) == (3, 0, 3)


def test_begin_once_however_often_it_is_pressed(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    preview = chosen(agent, merchant, "verify", claims)
    assert [agent.post(preview, {"confirm": "1"}).status_code for _press in range(2)] == [302, 302]
    with merchant_scope(merchant):
        assert (Job.objects.filter(kind="claims.bulk").count(), BulkAct.objects.count()) == (1, 1)
        events = list(AuditEvent.objects.filter(target_type="bulk_act").values_list("action", flat=True))
        assert events == ["claims.bulk_started"]
    assert agent.get(preview).status_code == 302


def test_undo_over_its_own_preview_and_say_when_it_is_too_late(
    agent: Client, merchant: Merchant, claims: list[Claim]
) -> None:
    bulk = run(merchant, begun(agent, merchant, "verify", claims))
    answer = agent.post(page_of(bulk, merchant, "undo"))
    said = agent.get(answer["Location"])
    assert (said.context["preview"].will_do, "Undo: Verify: 1 claim" in said.content.decode()) == (1, True)
    for _press in range(2):
        assert agent.post(answer["Location"], {"confirm": "1"})["Location"] == page_of(bulk, merchant)
    with merchant_scope(merchant):
        undo = BulkAct.objects.get(undoes_id=bulk.id)
    run(merchant, undo)
    assert "This was undone" in agent.get(page_of(bulk, merchant)).content.decode()
    assert "Put back" in agent.get(page_of(undo, merchant)).content.decode()

    with merchant_scope(merchant):
        BulkAct.objects.filter(id=undo.id).delete()
        BulkAct.objects.filter(id=bulk.id).update(undo_until=timezone.now() - timedelta(seconds=1))
    late = agent.post(page_of(bulk, merchant, "undo"), follow=True)
    assert "The half hour in which this could be undone is over" in late.content.decode()


def test_let_only_its_own_people_stop_and_undo(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    bulk = begun(agent, merchant, "verify", claims)
    colleague, viewer = sign_in(merchant, Role.AGENT, "Ben Brewer"), sign_in(merchant, Role.VIEWER, "Vera Lind")
    assert "Whoever began this" in colleague.post(page_of(bulk, merchant, "stop"), follow=True).content.decode()
    run(merchant, bulk)
    assert "Whoever began this" in colleague.post(page_of(bulk, merchant, "undo"), follow=True).content.decode()
    for act in ("stop", "undo", "preview"):
        assert viewer.post(page_of(bulk, merchant, act)).status_code == 403
    assert viewer.post(path(merchant, "claims", "bulk", "verify"), {"id": ["x"]}).status_code == 403
    text = viewer.get(page_of(bulk, merchant)).content.decode()
    assert ("Undo …" in text, "Export this view" in text) == (False, True)
    assert sign_in(merchant, Role.ADMIN, "Olga").post(page_of(bulk, merchant, "undo")).status_code == 302


def test_stop_by_its_button(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    bulk = begun(agent, merchant, "verify", claims)
    text = agent.post(page_of(bulk, merchant, "stop"), follow=True).content.decode()
    assert "The work was stopped." in text
    with merchant_scope(merchant):
        run_one(merchant.id, Job.objects.get(kind="claims.bulk_rest").id)
    assert "Not reached" in agent.get(page_of(bulk, merchant)).content.decode()
    assert agent.post(page_of(bulk, merchant, "stop")).status_code == 302


def test_list_who_did_what_and_let_the_jobs_page_name_it(
    agent: Client, merchant: Merchant, claims: list[Claim]
) -> None:
    run(merchant, begun(agent, merchant, "verify", claims))
    chosen(agent, merchant, "assign", claims)
    page = agent.get(path(merchant, "claims", "bulk-acts"))
    assert page.context["total"].number == 1
    for words in ("Verify", "Ada Novak", "Done"):
        assert words in page.content.decode()
    assert "Bulk action on claims" in agent.get(path(merchant, "jobs")).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_read_few_times_whatever_is_shown(agent: Client, merchant: Merchant, claims: list[Claim], number: int) -> None:
    bulk = run(merchant, begun(agent, merchant, "verify", claims[:number]))
    for _more in range(number - 1):
        run(merchant, begun(agent, merchant, "verify", claims))
    for page in (page_of(bulk, merchant), path(merchant, "claims", "bulk-acts")):
        agent.get(page)
        with CaptureQueriesContext(connection) as made:
            assert agent.get(page).status_code == 200
        asked = [one["sql"] for one in made if one["sql"].startswith(("SELECT", "UPDATE", "INSERT"))]
        assert len(asked) <= MOST_QUERIES, asked


def test_send_the_results_as_a_file_that_no_sheet_runs(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    with merchant_scope(merchant):
        for name, claim in zip(("=1+1", "@SUM(A1)", "-2"), claims, strict=True):
            Claim.objects.filter(id=claim.id).update(customer_name=name)
    bulk = run(merchant, begun(agent, merchant, "verify", claims))

    answer: Any = agent.get(page_of(bulk, merchant)[:-1] + "/rows.csv")

    assert answer.streaming
    assert answer["Content-Disposition"].startswith('attachment; filename="verify-')
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [len(row) for row in rows] == [9] * 4
    assert [row[1] for row in rows[1:]] == ["'=1+1", "'@SUM(A1)", "'-2"]
    assert [row[7] for row in rows[1:]] == ["Done", "Skipped", "Skipped"]
    assert rows[2][8] == "The order check does not say Match: it needs a reason of its own"


def test_write_the_file_in_little_memory(merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "PORTION", 5)
    with merchant_scope(merchant):
        claims = [shop.claim() for _number in range(23)]
    bulk = done(merchant, "verify", claims)
    text = csvfile.lines(merchant_id=merchant.id, bulk=bulk, language="en", zone=timezone.get_current_timezone())

    tracemalloc.start()
    portions = list(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [portion.count("\n") for portion in portions] == [1, 5, 5, 5, 5, 3]
    assert peak < 4_000_000


def test_touch_no_claim_of_another_merchant(agent: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        foreign = Shop().claim()
    answer = agent.post(path(merchant, "claims", "bulk", "verify"), {"id": [str(foreign.id)], "query": signed("")})
    assert answer["Location"] == path(merchant, "claims")
    with merchant_scope(merchant):
        assert not BulkAct.objects.exists()
    assert agent.post(path(merchant, "claims", "bulk", "delete"), {"id": ["x"]}).status_code == 404
    assert agent.get(path(merchant, "claims", "bulk-acts", uuid.uuid4())).status_code == 404


def test_let_those_wait_for_whom_there_is_no_code(agent: Client, merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "empty") for _number in range(2)]
    preview = agent.get(chosen(agent, merchant, "send_gift", claims))
    said = preview.context["preview"]
    assert (said.will_do, said.without_code, "wait" in preview.context["form"].fields) == (0, 2, True)

    bulk = run(merchant, begun(agent, merchant, "send_gift", claims, wait="on"))

    assert bulk.outcomes == {"y": 2}
    with merchant_scope(merchant):
        assert set(Claim.objects.values_list("changes__event", flat=True)) >= {"claim.code_awaited"}
    again = agent.get(chosen(agent, merchant, "send_gift", claims)).context["preview"]
    assert again.without_code == 2
