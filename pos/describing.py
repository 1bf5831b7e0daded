"""How a call is described in the OpenAPI document: from its own words, its body and what it tells about itself."""

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from pos import shapes
from pos.told import LOOKS, PARAMS, UUID, Told

PROBLEM = "application/problem+json"
ALWAYS = {
    400: ("malformed_request", "invalid_request"),
    401: ("unauthorized",),
    403: ("scope_missing",),
    429: ("rate_limited",),
}
ON_WRITING = {400: ("idempotency_key_required",), 409: ("request_in_progress",), 422: ("idempotency_key_reused",)}


class CallSchema(AutoSchema):
    """Reads `told`, `body` and `scope` of a call."""

    @property
    def call(self) -> Any:
        """The view that is described."""
        return self.view

    @property
    def told(self) -> Told:
        """What this method tells about itself."""
        found: Told = self.call.told[self.method.lower()]
        return found

    @property
    def is_writing(self) -> bool:
        """Say whether the call takes an Idempotency-Key."""
        return self.method == "POST" and hasattr(self.view, "act")

    def is_excluded(self) -> bool:
        """Leave out methods that only say that there is nothing."""
        return self.method.lower() not in getattr(self.view, "told", {})

    def get_operation_id(self) -> str:
        """Return the name of the address and the method."""
        parts = self.path.removeprefix("/api/v1/").replace("{", "").replace("}", "").replace("-", "_").split("/")
        return "_".join([self.method.lower(), *parts])

    def get_tags(self) -> list[str]:
        """Group by what comes first in the address."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        """Return what the method says of itself."""
        method = getattr(self.view, "act" if self.is_writing else self.method.lower())
        return (method.__doc__ or "").strip().splitlines()[0]

    def get_description(self) -> str:  # type: ignore[override]  # as its base has it
        """Return what the call says of itself, and the scope that it needs."""
        return f"{(self.view.__doc__ or '').strip().splitlines()[0]}\n\nNeeds the scope `{self.call.scope_of(self.method).value}`."

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Every call needs a key."""
        return [{"apiKey": []}]

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters of the address, and the Idempotency-Key of writes."""
        needs: Any = self.told.needs
        found = [
            OpenApiParameter(name, LOOKS.get(name, str), description=PARAMS[name], required=name in needs)
            for name in self.told.params
        ]
        ids = [name for name in re.findall(r"{(\w+)}", self.path) if name.endswith("_id")]
        found += [OpenApiParameter(name, UUID, OpenApiParameter.PATH) for name in ids]
        if self.is_writing:
            text = "1 to 255 visible characters, new for each act; the same again for a retry."
            look = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"}
            key = OpenApiParameter("Idempotency-Key", look, OpenApiParameter.HEADER, required=True, description=text)
            found.append(key)
        return found

    def get_request_serializer(self) -> Any:
        """Return what the call takes."""
        return getattr(self.view, "body", None) if self.method == "POST" else None

    def get_response_serializers(self) -> Any:
        """Return the answer, and the problems by status with their codes."""
        codes: dict[int, tuple[str, ...]] = {}
        sources: list[Mapping[int, tuple[str, ...]]] = [
            ALWAYS,
            {404: ("not_found",)} if "{" in self.path else {},
            self.told.refusals,
        ]
        writing = [ON_WRITING] if self.is_writing else []
        for found in (*sources, *writing):
            for status, names in found.items():
                codes[status] = codes.get(status, ()) + names
        problems = {
            (status, PROBLEM): OpenApiResponse(shapes.Problem, description=", ".join(f"`{name}`" for name in names))
            for status, names in sorted(codes.items())
        }
        return {(self.told.status, "application/json"): OpenApiResponse(self.told.shape), **problems}
