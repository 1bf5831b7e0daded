"""The settings of servers that others can reach, and the refusal of a database role that sees too much."""

import os
import secrets
import subprocess
import sys

import pytest

from tests.support import database

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "claims.example",
}


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db
def test_pass_the_deployment_checks() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", "--database", "default", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_start_not_without_what_must_be_given(missing: str) -> None:
    environment = {**os.environ, **PRODUCTION}
    del environment[missing]
    code = "import config.settings.production"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert missing in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["superuser", "owner"])
def test_work_not_with_a_role_above_row_level_security(role: str) -> None:
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    variable = "TEST_SUPERUSER_URL" if role == "superuser" else "DATABASE_OWNER_URL"
    url = database.address(variable, name)
    done = manage("check", "--database", "default", **{**PRODUCTION, "DATABASE_URL": url})
    assert done.returncode != 0
    assert ("is a superuser" if role == "superuser" else "owns") in done.stderr
    ask = "from tenancy.models import Merchant; Merchant.objects.count()"
    done = manage("shell", "-c", ask, **{**PRODUCTION, "DATABASE_URL": url})
    assert "Point DATABASE_URL at app_rw" in done.stderr


def test_hide_the_cookies_behind_https() -> None:
    code = (
        "import config.settings.production as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.DEBUG, s.ALLOW_FAULTS)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **PRODUCTION}, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["__Host-sid", "__Host-csrf", "True", "False", "False"], done.stderr
