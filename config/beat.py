"""The clock: what happens how often. Every tick is safe to run twice (see `jobs.periodic`)."""

from datetime import timedelta
from typing import Any

from jobs.periodic import POKE_EVERY, Tick

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# After midnight UTC: when most merchants sleep.
NIGHT = timedelta(hours=2)
# When mails are read: morning in America, afternoon in Europe.
DAYTIME = timedelta(hours=14)

TICKS: dict[str, Tick] = {
    "ledger.expire": Tick("ledger.expire", every=MINUTE, merchants="ledger.handlers.merchants_with_due_grants"),
    "coupons.sweep": Tick("coupons.sweep", every=MINUTE, merchants="loyalty.handlers.merchants_with_due_coupons"),
    "points.remind": Tick("points.remind", every=DAY, offset=DAYTIME),
    "offers.expire": Tick("offers.expire", every=MINUTE, merchants="offers.handlers.merchants_with_due_responses"),
    "offers.release": Tick(
        "offers.release", every=MINUTE, merchants="offers.handlers.merchants_with_lapsed_reservations"
    ),
    "triggers.repair": Tick(
        "triggers.repair", every=10 * MINUTE, merchants="triggers.handlers.merchants_with_triggers"
    ),
    # Somewhere a day begins every hour.
    "triggers.birthday": Tick("triggers.birthday", every=HOUR, merchants="triggers.handlers.merchants_with_birthdays"),
    "ledger.check": Tick("ledger.check", every=DAY, offset=NIGHT),
    "claims.tally": Tick(
        "claims.tally", every=MINUTE, merchants="claims_center.tallies.handlers.merchants_with_changes"
    ),
    "webhooks.tell": Tick(
        "webhooks.tell", every=POKE_EVERY, merchants="messaging.webhooks.handlers.merchants_with_news"
    ),
    "codes.low_pool": Tick("codes.low_pool", every=15 * MINUTE),
    "retention.clean": Tick("retention.clean", every=DAY, offset=NIGHT),
}


def schedule() -> dict[str, dict[str, Any]]:
    """Return Celery's beat schedule.

    A nightly tick is looked at every few minutes, so that a beat that was away at two o'clock does it later; a tick
    that nobody took before the next one is due is thrown away.
    """
    entries = {name: _entry("jobs.tasks.tick", min(wanted.every, 5 * MINUTE), [name]) for name, wanted in TICKS.items()}
    return {"poke_due": _entry("jobs.tasks.poke_due", POKE_EVERY, [])} | entries


def _entry(task: str, every: timedelta, args: list[str]) -> dict[str, Any]:
    seconds = every.total_seconds()
    return {"task": task, "schedule": seconds, "args": args, "options": {"expires": seconds}}


SCHEDULE = schedule()
