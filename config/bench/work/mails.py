"""Gift mails through outbox, queue and two workers into a sink, and the same mails by bare SMTP."""

import smtplib
import time
from collections.abc import Iterator
from email.message import EmailMessage

from django.conf import settings
from django.utils import timezone

from claims_center.models import Claim
from claims_center.services.base import GIFT_MAIL
from config.bench.figures import Line, spread, timed
from config.bench.servers import worker
from config.bench.sink import sink
from config.bench.stage import Stage
from messaging.models import Message
from messaging.services import queue_message
from messaging.states import WAITING
from tenancy.actors import Actor
from tenancy.ids import new_id

GOAL, ROUNDS, PATIENCE = 500, 5, 120


def measure(stage: Stage) -> Iterator[Line]:
    """Queue so many gifts again and wait until all are sent; five times."""
    count = max(stage.size // 5, 10)
    with sink() as port:
        env = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        with worker(processes=2, log=stage.folder / "worker.log", env=env):
            _send(stage, 1)
            took = [timed(lambda: _send(stage, count)) for _ in range(ROUNDS)]
        bare = [timed(lambda: _bare(port, count)) for _ in range(ROUNDS)]
    rates = [count * 1000 / spread(times)[0] for times in (took, bare)]
    limits = (("ms a mail", 1000 / rates[0], 1000 / GOAL),)
    yield Line("mails", f"{count} gifts", rates[0], "mails/s", rates[1], less_is_better=False, limits=limits)


def _send(stage: Stage, count: int) -> None:
    run, now = new_id().hex, timezone.now()
    with stage.scope():
        gifts = Claim.objects.filter(promotion_kind="digital", grant__isnull=False, status="processed")
        for claim in gifts.order_by("-submitted_at")[:count]:
            queue_message(
                kind=GIFT_MAIL,
                origin="claim",
                origin_id=claim.id,
                customer_id=claim.customer_id,
                to_address=claim.customer_email,
                to_name=claim.customer_name,
                context={},
                actor=Actor.system(),
                now=now,
                once_key=f"bench:{run}:{claim.id}",
            )
    _wait(stage, now)


def _wait(stage: Stage, since: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with stage.scope():
            if not Message.objects.filter(queued_at__gte=since, status__in=WAITING).exists():
                return
        if time.monotonic() > deadline:
            raise TimeoutError("The mails were not sent; see worker.log.")
        time.sleep(0.02)


def _bare(port: int, count: int) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.DEFAULT_FROM_EMAIL, "somebody@example.com", "Your gift"
    mail.set_content("Your code is inside.\n" * 20)
    with smtplib.SMTP("127.0.0.1", port) as client:
        for _ in range(count):
            client.send_message(mail)
