"""The preparation of a database refuses what would not be safe to run on."""

import os
import subprocess
import sys

import psycopg
import pytest

from config.fingerprint import ROOT


def prepare(*steps: str, **given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "config.prepare", *steps]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"} | given
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_migrating_again_changes_nothing(superuser_connection: psycopg.Connection) -> None:
    done = prepare("migrate")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variable", "words"), [("TEST_SUPERUSER_URL", "is a superuser"), ("DATABASE_OWNER_URL", "owns")]
)
def test_application_is_refused_a_role_that_nothing_holds(
    superuser_connection: psycopg.Connection, variable: str, words: str
) -> None:
    name = os.environ["DATABASE_URL"].rpartition("/")[2]

    done = prepare("migrate", DATABASE_URL=os.environ[variable].rpartition("/")[0] + f"/{name}")

    assert done.returncode == 1
    assert words in done.stderr


def test_unknown_step_is_refused_with_the_list_of_steps() -> None:
    done = prepare("everything")

    assert done.returncode == 1
    assert done.stderr.startswith("Usage: python -m config.prepare migrate|demo|static")
