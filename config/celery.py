"""The Celery application: `celery -A config worker` and `celery -A config beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_process_init

from config.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("claims_center")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The current application is a matter of the thread; the web server's threads ring bells too and must find this one.
app.set_default()


@app.on_after_finalize.connect
def read_the_clock(sender: Celery, **kwargs: Any) -> None:
    """Take the schedule over; only now, since it is made of models' modules that need Django to be up."""
    from config.beat import SCHEDULE  # noqa: PLC0415 - see above

    sender.conf.beat_schedule = SCHEDULE


@beat_init.connect
def tick_at_once(sender: Any, **kwargs: Any) -> None:
    """Let a beat that starts poke right away: what is due has waited long enough, and readiness asks for a tick."""
    app.send_task("jobs.tasks.poke_due", ignore_result=True)


@worker_process_init.connect
def settle_down(**kwargs: Any) -> None:
    """Leave what is loaded out of every later collection of garbage."""
    settle()
