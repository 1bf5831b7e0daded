"""Customers who are signed in: beginning, finding and ending sessions."""

import re
import uuid
from datetime import datetime, timedelta

from cockpit.models import ClientSession
from customers.models import Customer

LIFE = timedelta(days=30)
# A session that nobody used for so long is over before its time.
IDLE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=15)

SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
# In this order, since each names itself after those below it.
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("SamsungBrowser", "Samsung"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
NICER = {"Macintosh": "Mac", "CrOS": "ChromeOS"}


def device_of(agent: str) -> str:
    """Return a browser in a few words, such as `Safari, iPhone`; "" for one that does not say."""
    system = next((name for name in SYSTEMS if name in agent), "")
    program = next((label for sign, label in PROGRAMS if re.search(rf"\b{sign}\w*/", agent)), "")
    return ", ".join(filter(None, (program, NICER.get(system, system))))


def begin(*, customer: Customer, device: str, now: datetime) -> ClientSession:
    """Sign a customer in on one browser, for 30 days at most; ``now`` is UTC."""
    session: ClientSession = ClientSession.made_with(
        customer=customer, device=device[:120], began_at=now, seen_at=now, expires_at=now + LIFE
    )
    session.save(force_insert=True)
    return session


def current(*, session_id: uuid.UUID | None, now: datetime) -> ClientSession | None:
    """Return the session with its customer; None where it was ended, is over, or its customer was erased.

    Notes four times an hour at most that it is in use.
    """
    if session_id is None:
        return None
    live = ClientSession.objects.select_related("customer").filter(customer__erased_at=None)
    found: ClientSession | None = live.filter(id=session_id, expires_at__gt=now, seen_at__gt=now - IDLE).first()
    if found is not None and now - found.seen_at > SEEN_EVERY:
        ClientSession.objects.filter(id=found.id).update(seen_at=now)
    return found


def open_sessions(*, customer_id: uuid.UUID, now: datetime) -> list[ClientSession]:
    """Return where a customer is signed in, the latest first."""
    live = ClientSession.objects.filter(customer_id=customer_id, expires_at__gt=now, seen_at__gt=now - IDLE)
    return list(live.order_by("-seen_at", "-id")[:50])


def end(*, session_id: uuid.UUID, customer_id: uuid.UUID) -> bool:
    """End one session of a customer at once; False where there is none."""
    return bool(ClientSession.objects.filter(id=session_id, customer_id=customer_id).delete()[0])


def end_all(*, customer_id: uuid.UUID, but: uuid.UUID | None = None) -> int:
    """End every session of a customer at once, save one; return how many there were."""
    rows = ClientSession.objects.filter(customer_id=customer_id)
    return int((rows.exclude(id=but) if but else rows).delete()[0])
