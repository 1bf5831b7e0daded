"""Delivering: signed, again until it is heard, at last given up; what is sent where, and what it does to an endpoint."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_due, run_kind
from jobs.states import State
from messaging.models import Message
from messaging.webhooks import notice, sending, services
from messaging.webhooks.handlers import gave_up
from messaging.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from messaging.webhooks.retention import remove_old
from messaging.webhooks.states import MOST_ATTEMPTS, OffReason, Status
from tenancy.errors import Refused
from tenancy.models import AuditEvent, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.secrets import decrypt
from tests.messaging.hooking import BY, Receiver, endpoint, receiver
from tests.support.keeping import keep
from tests.support.threads import Outcome

__all__ = ["receiver"]


def test(hook: WebhookEndpoint) -> WebhookDelivery:
    return services.send_test(endpoint_id=hook.id, actor=BY, now=timezone.now())


test.__test__ = False  # type: ignore[attr-defined]


def work(merchant: Merchant) -> int:
    """Run what is due of the deliveries, those that wait for a later attempt too."""
    Job.objects.filter(kind="webhooks.deliver", state=State.DUE).update(next_at=timezone.now() - timedelta(seconds=1))
    return run_kind(merchant.id, "webhooks.deliver", seconds=120)


def once(merchant: Merchant) -> None:
    """Run one batch of what is due now."""
    run_due(limit=1)


def test_deliver_signed_and_write_it_down(scope: Merchant, receiver: Receiver) -> None:
    hook = endpoint(receiver.url)
    made = test(hook)
    assert run_due() >= 1
    (came,) = receiver.taken
    assert came.headers["webhook-id"] == made.message_id
    assert came.headers["content-type"] == "application/json"
    assert came.is_signed_with(decrypt(hook.secret))
    assert abs(int(came.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert json.loads(came.body)["type"] == "webhook.test"
    assert came.body.decode() == made.body
    made.refresh_from_db()
    assert (made.status, made.attempts, made.last_status, made.next_at) == (Status.DELIVERED, 1, 200, None)
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.response_body, attempt.url) == (200, "thanks", receiver.url)
    assert attempt.request_headers["webhook-id"] == made.message_id
    assert "Set-Cookie" not in attempt.response_headers
    assert Job.objects.get(kind="webhooks.deliver").state == State.DONE
    hook.refresh_from_db()
    assert hook.delivered_at is not None


def test_try_again_with_the_same_message_until_it_is_heard(scope: Merchant, receiver: Receiver) -> None:
    receiver.statuses = [500, 429, 204]
    made, before = test(endpoint(receiver.url)), timezone.now()
    run_due()
    made.refresh_from_db()
    assert (made.status, made.attempts, made.last_status) == (Status.WAITING, 1, 500)
    assert made.next_at is not None
    assert before + timedelta(seconds=5) <= made.next_at <= timezone.now() + timedelta(seconds=6)
    job = Job.objects.get(kind="webhooks.deliver")
    assert (job.state, job.last_error, job.attempts) == (State.DUE, "http_500", 1)
    for _ in range(2):
        work(scope)
    made.refresh_from_db()
    assert (made.status, made.attempts) == (Status.DELIVERED, 3)
    assert len({(came.headers["webhook-id"], came.body) for came in receiver.taken}) == 1
    assert [one.number for one in WebhookAttempt.objects.order_by("at")] == [1, 2, 3]


def test_give_up_after_the_last_attempt(scope: Merchant, receiver: Receiver) -> None:
    receiver.statuses = [503]
    made = test(endpoint(receiver.url))
    Job.objects.update(attempts=MOST_ATTEMPTS - 1)
    run_due()
    made.refresh_from_db()
    assert (made.status, made.next_at, made.last_status) == (Status.FAILED, None, 503)
    # It is over, and nobody has to look at a dead job: the log shows it.
    assert Job.objects.get(kind="webhooks.deliver").state == State.DONE


def test_wait_longer_each_time() -> None:
    pauses = [sending.pause_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(seconds=7)
    assert pauses[-1] >= timedelta(hours=24)
    assert timedelta(days=3) < sum(pauses, timedelta(0)) < timedelta(days=5)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404])
def test_take_nothing_but_success_for_success(scope: Merchant, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    made = test(endpoint(receiver.url))
    run_due()
    made.refresh_from_db()
    assert (made.status, made.last_status, len(receiver.taken)) == (Status.WAITING, status, 1)


def test_switch_off_what_says_that_it_is_gone(scope: Merchant, receiver: Receiver) -> None:
    receiver.statuses = [410]
    user = User.objects.create_user("owner@brew-bloom.example", name="Olga")
    Membership.objects.create(merchant=scope, user=user, role=Role.OWNER)
    hook = endpoint(receiver.url)
    made, later = test(hook), test(hook)
    run_kind(scope.id, "webhooks.deliver")
    hook.refresh_from_db()
    made.refresh_from_db()
    assert (hook.is_active, hook.off_reason, made.status) == (False, OffReason.GONE, Status.FAILED)
    mail = Message.objects.get(kind="webhooks.off")
    assert (mail.to_address, mail.origin_id) == (user.email, hook.id)
    mail.merchant = scope
    written = notice.off(mail)
    assert hook.name in written.subject
    assert f"/settings/webhooks/{hook.id}/" in written.text
    later.refresh_from_db()
    assert later.status == Status.FAILED


@pytest.mark.parametrize(("days", "off"), [(4, False), (6, True)])
def test_switch_off_after_days_of_failures(scope: Merchant, receiver: Receiver, days: int, off: bool) -> None:
    receiver.statuses = [500]
    hook = endpoint(receiver.url)
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=days), failures=9)
    made = test(hook)
    run_due()
    hook.refresh_from_db()
    assert hook.is_active is not off
    assert hook.off_reason == (OffReason.FAILING if off else "")
    # What was waiting for it is not sent, and says why.
    work(scope)
    made.refresh_from_db()
    assert made.status == (Status.DROPPED if off else Status.WAITING)


def test_forget_failures_at_the_first_success(scope: Merchant, receiver: Receiver) -> None:
    hook = endpoint(receiver.url)
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=9), failures=9)
    test(hook)
    run_due()
    hook.refresh_from_db()
    assert (hook.is_active, hook.failures, hook.failing_since, hook.quiet_until) == (True, 0, None, None)


def test_let_a_failing_endpoint_rest(scope: Merchant, receiver: Receiver) -> None:
    """Its backlog does not hold up the others; what somebody asks for by hand goes out all the same."""
    hook = endpoint(receiver.url)
    WebhookEndpoint.objects.update(quiet_until=timezone.now() + timedelta(minutes=2), failures=5)
    made = test(hook)
    Job.objects.update(payload={"delivery": str(made.id)})
    run_due()
    assert receiver.taken == []
    job = Job.objects.get(kind="webhooks.deliver")
    assert (job.state, job.last_error, job.attempts) == (State.DUE, "endpoint_rests", 0)
    services.resend(delivery_id=made.id, actor=BY, now=timezone.now())
    run_due()
    assert [came.headers["webhook-id"] for came in receiver.taken] == [made.message_id]
    WebhookEndpoint.objects.update(quiet_until=timezone.now() + timedelta(minutes=2), failures=5)
    test(hook)
    run_due()
    assert len(receiver.taken) == 2


def test_send_to_no_private_address(scope: Merchant, receiver: Receiver, settings: Any) -> None:
    settings.OUTBOUND_ALLOW_PRIVATE = False
    hook = endpoint("https://localhost/hook")
    made = test(hook)
    run_due()
    made.refresh_from_db()
    assert (made.status, made.last_error, made.attempts) == (Status.FAILED, "private_address", 1)
    assert receiver.taken == []
    WebhookEndpoint.objects.update(url=receiver.url)
    made = test(hook)
    run_due()
    made.refresh_from_db()
    assert (made.status, made.last_error) == (Status.FAILED, "bad_address")


def test_say_that_nobody_listens(scope: Merchant, receiver: Receiver) -> None:
    made = test(endpoint("http://127.0.0.1:1/"))
    run_due()
    made.refresh_from_db()
    assert (made.status, made.last_status, made.last_error) == (Status.WAITING, None, "unreachable")


def test_sign_with_both_secrets_for_a_day(scope: Merchant, receiver: Receiver) -> None:
    hook = endpoint(receiver.url)
    old = decrypt(hook.secret)
    _hook, new = services.rotate_secret(endpoint_id=hook.id, actor=BY, now=timezone.now())
    test(hook)
    run_due()
    services.rotate_secret(endpoint_id=hook.id, actor=BY, now=timezone.now() - timedelta(hours=25))
    test(hook)
    run_due()
    first, second = receiver.taken
    assert first.is_signed_with(old)
    assert first.is_signed_with(new)
    assert not second.is_signed_with(new)
    assert len(second.headers["webhook-signature"].split()) == 1
    assert old not in WebhookEndpoint.objects.get().old_secret


def test_send_again_from_the_log(scope: Merchant, receiver: Receiver) -> None:
    made = test(endpoint(receiver.url))
    run_due()
    for _ in range(2):
        services.resend(delivery_id=made.id, actor=BY, now=timezone.now())
    run_due()
    made.refresh_from_db()
    assert (made.status, made.attempts) == (Status.DELIVERED, 2)
    assert len({came.headers["webhook-id"] for came in receiver.taken}) == 1
    assert AuditEvent.objects.filter(action="webhook.resent").count() == 2


def test_send_what_waits_at_once(scope: Merchant, receiver: Receiver) -> None:
    receiver.statuses = [500, 200]
    made = test(endpoint(receiver.url))
    run_due()
    services.resend(delivery_id=made.id, actor=BY, now=timezone.now())
    run_due()
    made.refresh_from_db()
    assert (made.status, len(receiver.taken)) == (Status.DELIVERED, 2)
    assert Job.objects.filter(kind="webhooks.deliver").count() == 1


def test_send_again_all_that_failed(scope: Merchant, receiver: Receiver) -> None:
    hook = endpoint(receiver.url)
    lost, unsent, done, old = (test(hook) for _ in range(4))
    now = timezone.now()
    ended: dict[str, Any] = {"ended_at": now, "next_at": None}
    WebhookDelivery.objects.filter(id__in=[lost.id, old.id]).update(status=Status.FAILED, **ended)
    WebhookDelivery.objects.filter(id=unsent.id).update(status=Status.DROPPED, **ended)
    WebhookDelivery.objects.filter(id=done.id).update(status=Status.DELIVERED, **ended)
    WebhookDelivery.objects.filter(id=old.id).update(created_at=now - timedelta(days=8))
    assert services.resend_failed(endpoint_id=hook.id, actor=BY, now=now) == 2
    assert services.resend_failed(endpoint_id=hook.id, actor=BY, now=now) == 0
    run_due()
    assert {came.headers["webhook-id"] for came in receiver.taken} == {lost.message_id, unsent.message_id}
    services.switch(endpoint_id=hook.id, on=False, actor=BY, now=now)
    with pytest.raises(Refused):
        services.resend_failed(endpoint_id=hook.id, actor=BY, now=now)


def test_refuse_what_has_nowhere_to_go(scope: Merchant, receiver: Receiver) -> None:
    hook = endpoint(receiver.url)
    made = test(hook)
    run_due()
    services.remove_endpoint(endpoint_id=hook.id, actor=BY, now=timezone.now())
    with pytest.raises(Refused):
        services.resend(delivery_id=made.id, actor=BY, now=timezone.now())
    with pytest.raises(Refused):
        test(hook)
    hook.refresh_from_db()
    assert (hook.secret, hook.is_active) == ("", False)


def test_keep_ten_endpoints_at_most(scope: Merchant) -> None:
    for _ in range(10):
        endpoint()
    with pytest.raises(Refused, match="ten"):
        endpoint()


def test_refuse_a_change_to_what_somebody_else_has_changed(scope: Merchant) -> None:
    hook = endpoint()
    facts: dict[str, Any] = {"name": "A", "url": hook.url, "events": hook.events, "actor": BY, "now": timezone.now()}
    services.change_endpoint(endpoint_id=hook.id, version=1, **facts)
    with pytest.raises(Refused, match="meanwhile"):
        services.change_endpoint(endpoint_id=hook.id, version=1, **facts)
    with pytest.raises(Refused, match="one of the events"):
        services.change_endpoint(endpoint_id=hook.id, version=2, **facts | {"events": ["nothing.happened"]})


def test_show_a_lost_job_as_failed(scope: Merchant) -> None:
    made = test(endpoint())
    gave_up(payload={"delivery": str(made.id)}, code="worker_lost", now=timezone.now())
    made.refresh_from_db()
    assert (made.status, made.last_error) == (Status.FAILED, "worker_lost")


def test_deliver_a_batch_at_the_same_time(scope: Merchant, receiver: Receiver) -> None:
    """All are under way before the first is answered."""
    import threading  # noqa: PLC0415

    receiver.hold = threading.Event()
    hook = endpoint(receiver.url)
    for _ in range(8):
        test(hook)

    def let_go() -> None:
        pause = threading.Event()
        for _ in range(400):
            if len(receiver.taken) == 8:
                break
            pause.wait(0.05)
        assert receiver.hold is not None
        receiver.hold.set()

    watcher = threading.Thread(target=let_go)
    watcher.start()
    run_due()
    watcher.join()
    assert WebhookDelivery.objects.filter(status=Status.DELIVERED).count() == 8
    assert len(receiver.taken) == 8


def test_clean_up_the_log(scope: Merchant, receiver: Receiver) -> None:
    hook = endpoint(receiver.url)
    test(hook)
    run_due()
    waits = test(hook)
    now = timezone.now()
    WebhookDelivery.objects.update(created_at=now - timedelta(days=31))
    kept = test(hook)
    keep(webhook_days=60)
    assert remove_old(now=now, limit=100) == 0
    keep(webhook_days=30)
    assert remove_old(now=now, limit=100) == 2
    assert {one.id for one in WebhookDelivery.objects.all()} == {waits.id, kept.id}
    assert WebhookAttempt.objects.count() == 0


def test_deliver_once_however_many_workers(
    merchant: Merchant, together: Callable[..., list[Outcome]], receiver: Receiver
) -> None:
    with merchant_scope(merchant):
        hook = endpoint(receiver.url)
        for _ in range(12):
            test(hook)
    found = together(run_kind, [(merchant.id, "webhooks.deliver")] * 4)
    assert [one.error for one in found if one.error] == []
    assert len(receiver.taken) == len({came.headers["webhook-id"] for came in receiver.taken}) == 12
    with merchant_scope(merchant):
        assert WebhookDelivery.objects.filter(status=Status.DELIVERED, attempts=1).count() == 12


@pytest.mark.parametrize(("point", "attempts"), [("webhook.prepared", 1), ("webhook.before_record", 2)])
def test_lose_nothing_where_a_worker_dies(
    merchant: Merchant,
    transactional_db: None,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    attempts: int,
) -> None:
    """Before the request nothing was sent; between the answer and our note it goes out twice, under the same id."""
    with merchant_scope(merchant):
        made = test(endpoint(receiver.url))
    monkeypatch.setenv(f"FAULT_{point.replace('.', '_')}", "raise")
    run_kind(merchant.id, "webhooks.deliver")
    monkeypatch.delenv(f"FAULT_{point.replace('.', '_')}")
    with merchant_scope(merchant):
        work(merchant)
        made.refresh_from_db()
    assert made.status == Status.DELIVERED
    assert [came.headers["webhook-id"] for came in receiver.taken] == [made.message_id] * attempts
