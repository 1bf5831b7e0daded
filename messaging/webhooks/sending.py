"""The database part of delivering: two short transactions around the network, one before and one after."""

import random
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.utils import timezone

from jobs.faults import fault
from jobs.run import JobRun, still_held
from messaging.webhooks import notice
from messaging.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from messaging.webhooks.signing import headers
from messaging.webhooks.states import LONGEST_REST, OFF_AFTER, PAUSES, RESTS_AFTER, OffReason, Status
from tenancy.outbound import OutboundError, post
from tenancy.secrets import decrypt

MOST_ANSWER = 2000
SAID = frozenset({"content-type", "content-length", "date", "location", "retry-after", "server", "x-request-id"})
AGENT = "ClaimsCenter-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery under our lease, signed and ready for the network."""

    run: JobRun
    delivery: WebhookDelivery
    url: str
    headers: dict[str, str]
    body: bytes
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What one attempt came to: a status, or the error that kept it from one; `again` where another may succeed."""

    at: datetime
    milliseconds: int
    status: int | None = None
    error: str = ""
    again: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    content: str = ""

    @property
    def is_ok(self) -> bool:
        """Say whether it was taken."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def prepare(runs: Sequence[JobRun]) -> list[Outgoing]:
    """Look at each delivery again and sign what may go; settle the runs of what may not, or not yet; commit.

    That an attempt is begun is written down first: whoever comes after a worker that was killed says so in the log.
    """
    with runs[0].scope():
        now = timezone.now()
        deliveries = _locked(run.payload["delivery"] for run in runs)
        ready, dropped = [], []
        for run in runs:
            delivery = deliveries.get(run.payload["delivery"])
            if delivery is None or delivery.status != Status.WAITING:
                continue
            if not delivery.endpoint.is_active:
                dropped.append(delivery)
            elif (rest := _rest(delivery.endpoint, run, now)) > 0:
                run.retry_later(rest, "endpoint_rests", counts=False)
            else:
                ready.append(_outgoing(run, delivery, now))
        for delivery in dropped:
            delivery.status, delivery.last_error = Status.DROPPED, "endpoint_off"
            delivery.next_at, delivery.ended_at = None, now
        if dropped:
            WebhookDelivery.objects.bulk_update(dropped, ["status", "last_error", "next_at", "ended_at"])
        _begin([out.delivery for out in ready], now)
    fault("webhook.prepared")
    return ready


def send_all(outgoing: Sequence[Outgoing]) -> list[Answer]:
    """Make one request for each, all at once; no transaction is open."""
    if not outgoing:
        return []
    with ThreadPoolExecutor(max_workers=len(outgoing)) as pool:
        return list(pool.map(_send, outgoing))


def record(outgoing: Sequence[Outgoing], answers: Sequence[Answer]) -> None:
    """Write each attempt down, then what it means for the delivery, its job and its endpoint; commit.

    That something was delivered is written whoever has the job by now; anything else only by the one who has it.
    """
    if not outgoing:
        return
    fault("webhook.before_record")
    with outgoing[0].run.scope():
        now = timezone.now()
        held = still_held([out.run for out in outgoing])
        deliveries = _locked(str(out.delivery.id) for out in outgoing)
        endpoints = _locked_endpoints(deliveries.values())
        tries = []
        for out, answer in sorted(zip(outgoing, answers, strict=True), key=lambda pair: pair[1].at):
            delivery = deliveries[str(out.delivery.id)]
            tries.append(_attempt(delivery, out, answer))
            if delivery.sending_at == out.begun_at:
                delivery.sending_at = None
            if answer.is_ok or (out.run.job_id in held and delivery.status == Status.WAITING):
                _settle(delivery, out.run, answer, now)
                _judge(endpoints[delivery.endpoint_id], answer, now)
        WebhookAttempt.objects.bulk_create(tries)
        fields = ["status", "attempts", "last_status", "last_error", "next_at", "ended_at", "sending_at"]
        WebhookDelivery.objects.bulk_update(deliveries.values(), fields)
        state = ["failures", "failing_since", "quiet_until", "delivered_at", "is_active", "off_reason", "off_at"]
        WebhookEndpoint.objects.bulk_update(endpoints.values(), state)
        for endpoint in endpoints.values():
            if endpoint.off_at == now:
                notice.tell_owners(endpoint=endpoint, now=now)
    fault("webhook.recorded")


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """Return the secrets that sign at this moment, the newest first."""
    found = [decrypt(endpoint.secret)]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > now:
        found.append(decrypt(endpoint.old_secret))
    return found


def _outgoing(run: JobRun, delivery: WebhookDelivery, now: datetime) -> Outgoing:
    body = delivery.body.encode()
    signed = headers(
        secrets_in_use=secrets_of(delivery.endpoint, now=now), message_id=delivery.message_id, at=now, body=body
    )
    sent = {"Content-Type": "application/json", "User-Agent": AGENT, **signed}
    return Outgoing(run, delivery, delivery.endpoint.url, sent, body, now)


def _begin(deliveries: list[WebhookDelivery], now: datetime) -> None:
    """Note that an attempt begins, and put one that was begun before and never came back into the log."""
    cut_off = []
    for delivery in deliveries:
        if delivery.sending_at is not None:
            delivery.attempts += 1
            facts = {"number": delivery.attempts, "at": delivery.sending_at, "url": delivery.endpoint.url}
            cut_off.append(WebhookAttempt.made_with(delivery=delivery, milliseconds=0, error="cut_off", **facts))
        delivery.sending_at = now
    WebhookAttempt.objects.bulk_create(cut_off)
    WebhookDelivery.objects.bulk_update(deliveries, ["attempts", "sending_at"])


def _send(out: Outgoing) -> Answer:
    at, started = timezone.now(), time.monotonic()

    def answer(**values: Any) -> Answer:
        return Answer(at, int((time.monotonic() - started) * 1000), **values)

    try:
        found = post(out.url, body=out.body, headers=out.headers, most_bytes=MOST_ANSWER)
    except OutboundError as error:
        return answer(error=error.code, again=error.again)
    said = {name: str(value)[:200] for name, value in found.headers.items() if name.lower() in SAID}
    content = found.content.decode("utf-8", "replace").replace("\x00", "")
    return answer(status=found.status, headers=said, content=content[:MOST_ANSWER])


def _attempt(delivery: WebhookDelivery, out: Outgoing, answer: Answer) -> WebhookAttempt:
    delivery.attempts += 1
    return WebhookAttempt.made_with(
        delivery=delivery,
        number=delivery.attempts,
        at=answer.at,
        milliseconds=answer.milliseconds,
        url=out.url,
        request_headers=out.headers,
        status=answer.status,
        error=answer.error,
        response_headers=answer.headers,
        response_body=answer.content,
    )


def _settle(delivery: WebhookDelivery, run: JobRun, answer: Answer, now: datetime) -> None:
    """Write what the answer means on the delivery, and note on its run when to come again."""
    delivery.last_status, delivery.last_error = answer.status, answer.error
    if answer.is_ok:
        delivery.status, delivery.next_at, delivery.ended_at = Status.DELIVERED, None, now
    elif run.is_last_attempt or not answer.again or answer.status == HTTPStatus.GONE:
        delivery.status, delivery.next_at, delivery.ended_at = Status.FAILED, None, now
    else:
        pause = pause_after(run.attempt)
        delivery.next_at = now + pause
        run.retry_later(pause.total_seconds(), answer.error or f"http_{answer.status}")


def pause_after(attempt: int) -> timedelta:
    """Return how long to wait after the n-th attempt of a round: the plan's pause and up to a fifth of it more."""
    return PAUSES[min(attempt, len(PAUSES)) - 1] * random.uniform(1.0, 1.2)  # noqa: S311 - spreads load, guards nothing


def _judge(endpoint: WebhookEndpoint, answer: Answer, now: datetime) -> None:
    """Note how it goes with an endpoint: let it rest after failures in a row, switch it off after days of them."""
    if answer.is_ok:
        endpoint.failures, endpoint.failing_since, endpoint.quiet_until = 0, None, None
        endpoint.delivered_at = now
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    over = endpoint.failures - RESTS_AFTER
    if over >= 0:
        endpoint.quiet_until = now + min(timedelta(seconds=5) * 2 ** min(over, 10), LONGEST_REST)
    if not endpoint.is_active:
        return
    gone = answer.status == HTTPStatus.GONE
    if gone or now - endpoint.failing_since >= OFF_AFTER:
        endpoint.is_active, endpoint.off_at = False, now
        endpoint.off_reason = OffReason.GONE if gone else OffReason.FAILING


def _rest(endpoint: WebhookEndpoint, run: JobRun, now: datetime) -> float:
    """Return for how many seconds more an endpoint is left alone; not at all where somebody asked by hand."""
    if endpoint.quiet_until is None or run.payload.get("by_hand"):
        return 0.0
    left = (endpoint.quiet_until - now).total_seconds()
    return left * random.uniform(1.0, 1.5) if left > 0 else 0.0  # noqa: S311 - spreads load, guards nothing


def _locked(ids: Any) -> dict[str, WebhookDelivery]:
    """Lock deliveries in the order of their ids and return them by id, with their endpoints."""
    rows = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True).select_related("endpoint")
    found = rows.filter(id__in=[uuid.UUID(str(one)) for one in ids]).order_by("id")
    return {str(one.id): one for one in found}


def _locked_endpoints(deliveries: Any) -> dict[uuid.UUID, WebhookEndpoint]:
    """Lock the endpoints of some deliveries in the order of their ids."""
    ids = {one.endpoint_id for one in deliveries}
    rows = WebhookEndpoint.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    return {one.id: one for one in rows}
