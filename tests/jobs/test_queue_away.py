"""The queue's server forgets everything, and is away for a while: no gift is lost, none is doubled, nobody waits."""

import contextlib
import email
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.test import Client
from django.urls import reverse
from redis import Redis

from claims_center.models import Claim
from claims_center.services.verdicts import verify
from claims_center.states import Delivery
from codes.models import Code
from config.embedded import process
from config.embedded.ports import LOOPBACK, free_port
from config.embedded.valkey import Valkey
from jobs.models import Job
from jobs.states import State
from ledger import checks
from messaging.models import Message
from messaging.states import Status
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.factories import NOW, STAFF, make_claim, make_funnel, make_pool, make_promotion
from tests.support.processes import WEB, WORKER, answers, start, wait_until

GIFTS = 40
CODES = [f"GIFT-{number:04}-ABCD" for number in range(GIFTS + 5)]
AWAY_SECONDS = 8.0
# Whoever waited for the queue would wait until it is back; whoever does not is still slowed by a busy machine.
SLOWEST = 0.75 * AWAY_SECONDS
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture(autouse=True)
def kinds() -> None:
    """The application's own kinds: here everything is real."""


@dataclass
class Site:
    """Web server, worker and beat on a queue of their own, and a member of staff in front of them."""

    queue: Valkey
    address: str
    mails: Path
    child: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]
    browser: requests.Session = field(default_factory=requests.Session)
    took: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        """Make a request and note whether it failed, and how many seconds it took."""
        began = time.monotonic()
        answer = self.browser.request(method, self.address + path, allow_redirects=False, timeout=30, **given)
        self.took.append(time.monotonic() - began)
        if answer.status_code not in (200, 302):
            self.failed.append(f"{method} {path}: {answer.status_code}")
        return answer

    def slowest(self) -> float:
        """The longest that a request took since this was asked the last time."""
        longest = max(self.took)
        self.took.clear()
        return longest

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Let the worker stand still, so that what is put down now is not taken before something happens to it."""
        self.worker.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.worker.send_signal(signal.SIGCONT)

    def stop_queue(self) -> None:
        """Take the queue's server away."""
        process.end(self.child, first=signal.SIGTERM, seconds=5)

    def start_queue(self) -> None:
        """Bring it back with what it had on disk."""
        self.child = self.queue.start(output=self.queue.folder.with_suffix(".log"))


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """The processes of `make run`, but for the database."""
    queue = Valkey(folder=tmp_path / "valkey", port=free_port(), password="queue-away")
    child = queue.start(output=tmp_path / "valkey.log")
    port = free_port()
    # Each mail takes a moment, so that there is a middle in which things can happen.
    env = {"REDIS_URL": queue.url, "DATA_DIR": str(tmp_path), "FAULT_message_before_send": "sleep:0.3"}
    web = start("away-web", [*WEB, "--host", LOOPBACK, "--port", str(port), "config.wsgi:application"], env)
    worker = start("away-worker", WORKER, env)
    beat = start(
        "away-beat",
        ["-m", "celery", "--quiet", "-A", "config", "beat", "--pidfile=", "--schedule", str(tmp_path / "beat")],
        env,
    )
    address = f"http://{LOOPBACK}:{port}"
    site = Site(queue=queue, address=address, mails=tmp_path / "mail", child=child, worker=worker)
    try:
        wait_until(lambda: answers(f"{site.address}/healthz"), web, "away-web")
        wait_until(
            lambda: any(one["cmd"] == "brpop" for one in Redis.from_url(queue.url).client_list()), worker, "away-worker"
        )
        yield site
    finally:
        for one, number in ((beat, signal.SIGTERM), (worker, signal.SIGKILL), (web, signal.SIGTERM)):
            process.end(one, first=number, seconds=10)
        site.stop_queue()


@pytest.fixture
def claims(merchant: Merchant) -> list[Claim]:
    """Verified claims that wait for their gifts."""
    with merchant_scope(merchant):
        promotion = make_promotion("pool", pool=make_pool(*CODES))
        funnel = make_funnel(promotion, slug="kettle", order_number="none")
        found = [make_claim(funnel, email=f"customer{number}@example.com") for number in range(GIFTS)]
        for claim in found:
            verify(claim_id=claim.id, actor=STAFF, now=NOW, reason="Receipt seen")
    return found


def sign_in(site: Site, merchant: Merchant) -> None:
    """Give the browser the session of an agent."""
    Merchant.objects.filter(id=merchant.id).update(mfa_required=False)
    user = User.objects.create_user("agent@brew-bloom.example", name="Ada Agent")
    Membership.objects.create(merchant=merchant, user=user, role=Role.AGENT)
    client = Client()
    client.force_login(user)
    site.browser.cookies.set(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)


def pages(merchant: Merchant) -> list[str]:
    """The public page, and the list of claims."""
    return [f"/f/{merchant.slug}/kettle/", reverse("claims:list", args=[merchant.slug])]


def send(site: Site, merchant: Merchant, claims: list[Claim]) -> None:
    """Press "Send Gift by Email" on each, and look around in between."""
    token = ""
    for number, claim in enumerate(claims):
        if number % 4 == 0:
            for path in pages(merchant):
                found = TOKEN.search(site.ask("GET", path).text)
                token = found.group(1) if found else ""
        site.ask(
            "POST", reverse("claims:send-gift", args=[merchant.slug, claim.id]), data={"csrfmiddlewaretoken": token}
        )


def rung(queue: Redis) -> int:
    """How many bells wait for the worker; they are rung beside the requests, and so perhaps a moment later."""
    deadline = time.monotonic() + 10
    while not (found := int(queue.llen("work"))) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def wait_for_all(merchant: Merchant, seconds: float = 90) -> None:
    """Wait until nothing waits any more, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with merchant_scope(merchant):
            jobs = Job.objects.filter(state__in=[State.DUE, State.RUNNING]).exists()
            sent = Message.objects.filter(status__in=[Status.SENT, Status.DELIVERED]).count()
        if not jobs and sent >= GIFTS:
            return
        time.sleep(0.1)


def mailed(folder: Path) -> Counter[str]:
    """How many mails hold which code."""
    found: Counter[str] = Counter()
    for path in folder.glob("**/*.eml"):
        letter = email.message_from_bytes(path.read_bytes())
        parts = [part for part in letter.walk() if part.get_content_type() == "text/plain"]
        text = b"".join(bytes(part.get_payload(decode=True)) for part in parts).decode()
        found.update(code for code in CODES if code in text)
    return found


@pytest.mark.slow
def test_send_each_gift_once_while_the_queue_is_away(site: Site, merchant: Merchant, claims: list[Claim]) -> None:
    sign_in(site, merchant)
    queue = Redis.from_url(site.queue.url)

    send(site, merchant, claims[:1])
    # What a fresh server takes for its first pages is no matter of the queue.
    site.slowest()
    send(site, merchant, claims[1:10])
    calm = site.slowest()
    with site.resting():
        send(site, merchant, claims[10:14])
        forgotten = rung(queue)
        queue.flushall()
    send(site, merchant, claims[14:22])
    with site.resting():
        send(site, merchant, claims[22:26])
        waiting = 26 - len(mailed(site.mails))
        site.stop_queue()
    away_since = time.monotonic()
    send(site, merchant, claims[26:])
    time.sleep(max(0.0, AWAY_SECONDS - (time.monotonic() - away_since)))
    site.start_queue()
    wait_for_all(merchant)

    # Both times it was in the middle.
    assert (forgotten > 0, waiting > 0) == (True, True)
    # Nobody waits for a queue that is away; on a busy machine everything takes its time.
    assert (site.failed, site.slowest() < max(SLOWEST, 4 * calm)) == ([], True)
    found = mailed(site.mails)
    assert (len(found), set(found.values()), len(list(site.mails.glob("**/*.eml")))) == (GIFTS, {1}, GIFTS)
    with merchant_scope(merchant):
        assert Counter(Message.objects.values_list("status", flat=True)).keys() <= {Status.SENT, Status.DELIVERED}
        assert Message.objects.count() == GIFTS
        assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}
        assert set(Claim.objects.values_list("delivery_status", flat=True)) <= {Delivery.SENT, Delivery.DELIVERED}
        assert set(Claim.objects.values_list("gift_code", flat=True)) == set(found)
        assert Code.objects.filter(state="taken").count() == GIFTS
    assert checks.run(merchant.id).findings == []
