"""The gallery's tables and addresses."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.ui.gallery.rows import create_tables, drop_tables


@pytest.fixture(scope="session")
def gallery_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The gallery's two tables, made by the owner."""
    with django_db_blocker.unblock():
        create_tables("owner")
        with connections["owner"].cursor() as cursor:
            for table in ("gallery_shop", "gallery_row"):
                cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO app_rw")
                cursor.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO app_rw")
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        drop_tables("owner")
        connections["owner"].close()


@pytest.fixture
def gallery(settings: Any) -> None:
    """The gallery's pages instead of the product's, behind the interface's own middleware only."""
    settings.MIDDLEWARE = [
        "ui.csp.ContentSecurityPolicyMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "ui.htmx.DialogMiddleware",
    ]
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.ROOT_URLCONF = "tests.ui.gallery.urls"
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "gallery" / "templates")
    settings.TEMPLATES = templates
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.TIME_ZONE = "Europe/Berlin"
