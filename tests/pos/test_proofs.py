"""Many tills at once, many senders of one act, web workers that are killed: one effect each, and the books in order.

Small by default; `PROOFS=full` runs them at full size (200 codes by 50 senders, 200 keys by 20, 2,000 acts).
"""

import contextlib
import json
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from claims_till import Till as Client

from config.bench.work import api_senders
from config.embedded import process
from config.embedded.ports import LOOPBACK, free_port
from customers.models import Customer
from ledger import checks
from loyalty.models import Purchase, RedeemedReward
from offers.models import Offer, OfferResponse
from offers.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as rewards
from tests.offers import factories as offers
from tests.pos.till import Till
from tests.support.processes import answers, start, wait_until
from tests.support.searching import FULL

pytestmark = [
    pytest.mark.proof,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "aside"]),
]

CODES, TILLS = (200, 50) if FULL else (6, 10)
KEYS, SENDERS = (200, 20) if FULL else (6, 8)
ACTS, KILL_EVERY, CLIENTS = (2000, 60, 8) if FULL else (32, 10, 4)
# A server that has to start the same worker again within 5.5 seconds takes it for broken.
SETTLED = 7.0
# As the product is served, with nothing that limits the number of calls.
WEB = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--log-level", "warning"]
WEB += ["--respawn-failed-workers", "--respawn-interval", "0.1"]


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[tuple[str, int]]:
    """A web server with two workers: its address, and its process."""
    port = free_port()
    arguments = [*WEB, "--host", LOOPBACK, "--port", str(port), "config.wsgi:application"]
    child = start("till-web", arguments, {"PORT": str(port), "RATE_LIMIT_FACTOR": "1000000"})
    wait_until(lambda: answers(f"http://{LOOPBACK}:{port}/healthz"), child, "till-web")
    yield f"http://{LOOPBACK}:{port}", child.pid
    process.end(child, first=signal.SIGTERM, seconds=10)


@pytest.fixture
def key(merchant: Merchant) -> str:
    """A key with every scope."""
    return Till(merchant).text


@pytest.fixture
def offer(merchant: Merchant) -> Offer:
    """An offer that a member may claim again and again, with a certificate code each time."""
    with merchant_scope(merchant):
        return offers.offer(pool=offers.pool(max(CODES, KEYS, ACTS) + 10))


def call(address: str, key: str, path: str, body: Any = None, name: str = "") -> bytes:
    """The bytes of a call; a new Idempotency-Key unless one is given."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency_Key": name or uuid.uuid4().hex}
    return api_senders.request(address, f"/api/v1/{path}", body=json.dumps(body or {}).encode(), **headers)


def test_redeem_each_code_once_however_many_tills_ask(
    web: tuple[str, int], merchant: Merchant, mara: Customer, key: str, offer: Offer
) -> None:
    with merchant_scope(merchant):
        ids = [offers.give(offer, mara).id for _ in range(CODES)]
    calls = [call(web[0], key, f"responses/{one}/redeem") for one in ids for _ in range(TILLS)]
    replies = api_senders.send(web[0], calls, parallel=TILLS)
    of_each = [replies[first : first + TILLS] for first in range(0, len(replies), TILLS)]
    assert [sum(one.status == 200 for one in found) for found in of_each] == [1] * CODES
    refused = {(one.status, json.loads(one.body)["code"]) for one in replies if one.status != 200}
    assert (409, "already_completed") in refused
    assert refused <= {(409, "already_completed"), (409, "request_in_progress")}
    with merchant_scope(merchant):
        assert OfferResponse.objects.filter(status=Status.COMPLETED).count() == CODES
    assert checks.run(merchant.id).ok


@pytest.mark.parametrize("guarded", [True, False])
def test_do_each_act_once_however_many_send_it(
    web: tuple[str, int], merchant: Merchant, mara: Customer, key: str, offer: Offer, guarded: bool
) -> None:
    many = KEYS if guarded else 1
    names = [uuid.uuid4().hex for _ in range(many) for _ in range(SENDERS)]
    names = [names[place - place % SENDERS] if guarded else one for place, one in enumerate(names)]
    body, waiting = {"member_id": str(mara.id)}, names
    bodies: dict[str, set[bytes]] = {}
    while waiting:
        calls = [call(web[0], key, f"offers/{offer.id}/responses", body, one) for one in waiting]
        replies = list(zip(waiting, api_senders.send(web[0], calls, parallel=SENDERS), strict=True))
        for name, reply in replies:
            is_running = reply.status == 409 and json.loads(reply.body)["code"] == "request_in_progress"
            assert is_running or reply.status == 201, reply.body
            if not is_running:
                bodies.setdefault(name, set()).add(reply.body)
        waiting = [name for name, reply in replies if reply.status == 409]
    with merchant_scope(merchant):
        made = OfferResponse.objects.count()
    # Without one key for all of them each sender has an effect of its own.
    assert (made, {len(one) for one in bodies.values()}) == (KEYS if guarded else SENDERS, {1})
    assert checks.run(merchant.id).ok


def test_have_one_effect_each_while_web_workers_are_killed(
    web: tuple[str, int], merchant: Merchant, mara: Customer, key: str, offer: Offer
) -> None:
    with merchant_scope(merchant):
        rewards.points(mara, 10 * ACTS)
        reward = rewards.reward(cost_in_points=10)
        held = [str(offers.give(offer, mara).id) for _ in range(ACTS // 4)]
    acts: list[Callable[[Client], Any]] = []
    for number, one in enumerate(held):
        bought = {"reference": f"r{number}", "amount": "1.00", "currency": "USD"}
        acts += [
            lambda till, one=one: till.redeem(one)["status"],  # type: ignore[misc]
            lambda till: till.claim(str(offer.id), str(mara.id))["status"],
            lambda till: till.redeem_reward(str(reward.id), str(mara.id))["used"],
            lambda till, bought=bought: till.record_purchase(str(mara.id), **bought)["points_earned"],  # type: ignore[misc]
        ]
    killer = Killer(web[1])
    with ThreadPoolExecutor(CLIENTS, initializer=_open, initargs=(web[0], key)) as pool:
        told = Counter(pool.map(lambda act: killer.after(act(_own.till)), acts))
    with merchant_scope(merchant):
        effects = (
            OfferResponse.objects.filter(status=Status.COMPLETED).count(),
            OfferResponse.objects.exclude(id__in=held).count(),
            RedeemedReward.objects.count(),
            Purchase.objects.count(),
        )
    assert effects == (len(held),) * 4
    assert told == {"completed": len(held), "pending": len(held), False: len(held), 2: len(held)}
    assert killer.killed >= 2
    assert checks.run(merchant.id).ok


_own = threading.local()


def _open(address: str, key: str) -> None:
    # As patient as a till that would rather wait than ask a person.
    _own.till = Client(address, key, timeout=20, attempts=40)


class Killer:
    """Kills a web worker now and then, in the middle of whatever it does; another one is started in its place."""

    def __init__(self, server: int) -> None:
        self.server, self.killed, self.done = server, 0, 0
        self.first = set(_children(server))
        self.lock = threading.Lock()

    def after(self, answer: Any) -> Any:
        """Count an act; each so many acts kill a worker, if there is one that has served for a while."""
        with self.lock:
            self.done += 1
            if self.done % KILL_EVERY == 0 and (settled := self.settled()):
                os.kill(random.choice(settled), signal.SIGKILL)  # noqa: S311 - no secret
                self.killed += 1
        return answer

    def settled(self) -> list[int]:
        """The workers that the server would start again: where one dies at once after its start, it gives up."""
        return [one for one in _children(self.server) if _age(one) > (0 if one in self.first else SETTLED)]


def _children(pid: int) -> list[int]:
    listed = [one.read_text().split() for one in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(one) for found in listed for one in found]


def _age(pid: int) -> float:
    """How many seconds a worker has been running; nought for what is none, or has ended."""
    home = Path(f"/proc/{pid}")
    with contextlib.suppress(OSError):
        if b"resource_tracker" not in (home / "cmdline").read_bytes():
            began = int((home / "stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
            return time.clock_gettime(time.CLOCK_BOOTTIME) - began
    return 0.0
