"""Rows that all tests of a module share: made once, and as they were at the start of each test.

They are made in a transaction that stays open over the module's tests; what a test does is a savepoint in it, and
taken back at its end. Nobody else sees these rows: such a module has no tests with real transactions, and no tests that
make the merchant whom the shared rows belong to themselves. What is handed out as an object is read anew for each
test, since an object remembers what was done to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def open_over_tests(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let everything that is written from here on be gone at the end."""
    with blocker.unblock():
        assert not connection.in_atomic_block, "The tests of a module share one set of rows."
        with transaction.atomic():
            yield
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the module's own fixtures make rows for all its tests."""
    with open_over_tests(django_db_blocker):
        yield
