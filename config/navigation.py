"""The sidebar: which pages there are, and for whom."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give staff pages their sidebar."""
    return {}
