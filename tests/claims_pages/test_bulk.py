"""Acts on many claims: what is said before, the job, a result for each."""

import uuid

import pytest
from django.test import Client

from claims_center.bulk.services import MOST
from claims_center.models import Claim, Funnel
from jobs.models import Job
from jobs.runner import run_one
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, make_order, path


@pytest.fixture
def claims(merchant: Merchant, funnel: Funnel) -> list[Claim]:
    """One claim that matches, two whose number no order has."""
    with merchant_scope(merchant):
        make_order(funnel)
        return [
            make_claim(funnel, email=f"c{number}@example.com", order_number=f"112-7391030-000000{number + 1}")
            for number in range(3)
        ]


def begin(client: Client, merchant: Merchant, act: str, ids: list[Claim], **values: str) -> Job:
    given = {"id": [str(claim.id) for claim in ids], "query": "", "confirm": "1", "op_id": str(uuid.uuid4()), **values}
    answer = client.post(path(merchant, "claims", "bulk", act), given)
    assert answer.status_code == 302
    with merchant_scope(merchant):
        found: Job = Job.objects.get(id=answer["Location"].split("/")[-2])
        return found


def statuses(merchant: Merchant) -> list[str]:
    with merchant_scope(merchant):
        return sorted(Claim.objects.values_list("status", flat=True))


def test_say_how_many_and_why_not_the_others(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    page = agent.post(path(merchant, "claims", "bulk", "verify"), {"id": [str(c.id) for c in claims], "query": ""})
    assert page.context["will_do"] == 1
    assert [(str(words), number) for words, number in page.context["skips"]] == [
        ("The order check does not say Match: it needs a reason of its own", 2)
    ]
    assert statuses(merchant) == ["new", "new", "new"]


def test_do_it_by_a_job_with_a_result_for_each(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    job = begin(agent, merchant, "verify", claims)
    page = agent.get(path(merchant, "claims", "bulk-runs", job.id))
    assert (page.context["result"].moving, "progress" in page.content.decode()) == (True, True)
    run_one(merchant.id, job.id)
    page = agent.get(path(merchant, "claims", "bulk-runs", job.id))
    assert (page.context["result"].done, page.context["result"].skipped) == (1, 2)
    assert [row.done for row in page.context["result"].rows] == [False, False, True]
    assert statuses(merchant) == ["new", "new", "verified"]


def test_go_through_verify_send_and_process(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    for act in ("verify", "send_gift", "process"):
        run_one(merchant.id, begin(agent, merchant, act, claims[:1]).id)
    assert statuses(merchant) == ["new", "new", "processed"]


def test_assign_to_a_colleague(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    person = str(agent.user.id)  # type: ignore[attr-defined]
    run_one(merchant.id, begin(agent, merchant, "assign", claims, assignee=person).id)
    with merchant_scope(merchant):
        assert set(Claim.objects.values_list("assignee_name", flat=True)) == {"Ada Novak"}


def test_take_all_that_match_the_filter_and_no_others(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    given = {"all": "1", "query": "verification=match"}
    page = agent.post(path(merchant, "claims", "bulk", "verify"), given)
    assert (page.context["will_do"], page.context["skips"]) == (1, [])


def test_refuse_filters_that_are_not_understood(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    for query in ("verification=zzz", "unknown=1"):
        answer = agent.post(path(merchant, "claims", "bulk", "verify"), {"all": "1", "query": query})
        assert answer.status_code == 302


def test_begin_once_where_the_same_form_comes_twice(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    key = str(uuid.uuid4())
    jobs = {begin(agent, merchant, "verify", claims, op_id=key).id for _press in range(2)}
    assert len(jobs) == 1


def test_go_on_where_a_killed_run_stopped(agent: Client, merchant: Merchant, claims: list[Claim]) -> None:
    job = begin(agent, merchant, "verify", claims)
    with merchant_scope(merchant):
        Job.objects.filter(id=job.id).update(result={"outcomes": "oo"})
    run_one(merchant.id, job.id)
    with merchant_scope(merchant):
        assert len(Job.objects.get(id=job.id).result["outcomes"]) == 3


def test_touch_no_claim_of_another_merchant(
    agent: Client, merchant: Merchant, other_merchant: Merchant, claims: list[Claim]
) -> None:
    with merchant_scope(other_merchant):
        foreign = make_claim(funnel_with())
    answer = agent.post(path(merchant, "claims", "bulk", "verify"), {"id": [str(foreign.id)], "query": ""})
    assert answer.status_code == 302
    with merchant_scope(merchant):
        assert not Job.objects.filter(kind="claims.bulk").exists()


@pytest.mark.parametrize("ids", [[], ["junk"], [str(uuid.uuid4())]])
def test_say_so_where_nothing_is_selected(agent: Client, merchant: Merchant, ids: list[str]) -> None:
    answer = agent.post(path(merchant, "claims", "bulk", "verify"), {"id": ids, "query": ""}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[0][0] == path(merchant, "claims")


def test_know_no_other_act_and_no_other_job(agent: Client, merchant: Merchant) -> None:
    assert agent.post(path(merchant, "claims", "bulk", "delete"), {"id": ["x"]}).status_code == 404
    assert agent.get(path(merchant, "claims", "bulk-runs", uuid.uuid4())).status_code == 404
    assert MOST == 5000


def test_refuse_a_viewer(viewer: Client, merchant: Merchant) -> None:
    assert viewer.post(path(merchant, "claims", "bulk", "verify"), {"id": ["x"]}).status_code == 403
