"""Staff of every role, signed in."""

from tests.offers.conftest import admin, staff

__all__ = ["admin", "staff"]
