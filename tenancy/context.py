"""What every template may use of the merchant."""

from typing import Any

from django.http import HttpRequest

from tenancy.roles import Role


def merchant(request: HttpRequest) -> dict[str, Any]:
    """Give templates the merchant, the member's role and the names of the roles."""
    return {
        "merchant": getattr(request, "merchant", None),
        "role": getattr(request, "role", 0),
        "roles": Role,
    }
