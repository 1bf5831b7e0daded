"""Addresses that are none of ours."""

from typing import Any

from django.http import HttpResponse

from pos.base import Call, Stop
from pos.errors import not_found


class Nowhere(Call):
    """Answers 404 as a problem document, to those with a key."""

    def get(self, request: Any, **kwargs: Any) -> HttpResponse:
        """Say that there is nothing."""
        raise Stop(not_found())

    post = put = patch = delete = get
