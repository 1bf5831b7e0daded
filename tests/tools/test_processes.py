"""The real processes that journeys run on."""

import subprocess
import urllib.error
import urllib.request

import pytest
from celery import current_app
from playwright.sync_api import Page
from redis import Redis

from tests.support.processes import StartWorker, listeners


@pytest.mark.slow
def test_web_server_answers_from_the_tests_database(live: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{live}/no-such-page/", timeout=10)

    assert raised.value.code == 404


@pytest.mark.slow
def test_worker_takes_tasks_and_is_gone_after_a_kill(start_worker: StartWorker, valkey_url: str) -> None:
    queue = Redis.from_url(valkey_url)
    worker = start_worker()

    assert listeners(queue) == 1
    current_app.send_task("jobs.tasks.tick", args=["no.such.tick"], ignore_result=True)

    assert wait_for_empty(queue)
    worker.kill()
    assert worker.wait(10) == -9


def wait_for_empty(queue: Redis) -> bool:
    for _ in range(600):
        if not queue.llen("work"):
            return True
        subprocess.run(["sleep", "0.05"], check=True)
    return False


@pytest.mark.browser
def test_browser_opens_a_page(live: str, page: Page) -> None:
    answer = page.goto(f"{live}/no-such-page/")

    assert answer is not None
    assert answer.status == 404
