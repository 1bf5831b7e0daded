"""This room's jobs: looking through the journal for what was missed, and birthdays."""

import uuid

from django.utils import timezone

from jobs.kinds import job_handler
from jobs.poller import as_poller
from jobs.run import JobRun
from tenancy.selectors import merchant_zone
from triggers import birthdays, repairing
from triggers.kit import targets
from triggers.states import Occasion


def merchants_with_triggers() -> list[uuid.UUID]:
    """Return the merchants who have a trigger that is on."""
    return _merchants("is_active")


def merchants_with_birthdays() -> list[uuid.UUID]:
    """Return the merchants who give something for birthdays."""
    return _merchants(f"is_active AND event = '{Occasion.BIRTHDAY.value}'")


@job_handler()
def repair(run: JobRun) -> None:
    """Give what triggers should have given, entry after entry of the journal."""
    given, goes_on = int(run.result.get("given", 0)), True
    while goes_on:
        with run.scope():
            looked = repairing.step(now=timezone.now())
            given, goes_on = given + looked.given, looked.goes_on
            run.progress(run.done_rows + looked.entries)
        run.pause_if_long()
    with run.scope():
        run.finish(given=given)


@job_handler()
def birthday(run: JobRun) -> None:
    """Note the birthdays of every day up to today, and let triggers answer them."""
    after: uuid.UUID | None = None
    while True:
        with run.scope():
            now = timezone.now()
            day = birthdays.next_day(zone=merchant_zone(), now=now)
            if day is None:
                run.finish()
                return
            after = birthdays.note(day=day, after=after, now=now)
            run.progress(run.done_rows + 1)
        run.pause_if_long()


def _merchants(condition: str) -> list[uuid.UUID]:
    tables = [target.model._meta.db_table for target in targets().values()]
    found = " UNION ".join(f"SELECT merchant_id FROM {table} WHERE {condition}" for table in tables)  # noqa: S608 - own names
    with as_poller() as cursor:
        cursor.execute(found)
        return [merchant_id for (merchant_id,) in cursor.fetchall()]
