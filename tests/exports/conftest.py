"""An admin with files to bring in."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tenancy.models import Merchant
from tenancy.roles import Role
from tests.claims_pages.factories import sign_in


@pytest.fixture
def admin(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.ADMIN)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """A folder of the test's own for uploads."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
