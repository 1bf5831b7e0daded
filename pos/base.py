"""One call of the API: the key and what it may do, its limit, its body, its effect once, its answer."""

import hashlib
import re
import uuid
from functools import cache, cached_property
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from django.db import DataError, OperationalError, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import APIException, MethodNotAllowed, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from pos.describing import CallSchema
from pos.errors import REFUSALS, refusal
from pos.parsing import StrictJSONParser
from pos.told import Told
from tenancy.actors import Actor
from tenancy.idempotency import InProgress, KeyReused, answer_once, digest_of, undone_on_error
from tenancy.middleware import settle
from tenancy.models import ApiKey
from tenancy.problems import problem
from tenancy.scope import WORK
from tenancy.scopes import KeyScope
from tenancy.services.keys import use_key
from tenancy.throttle import Limit, allowed_in_lots

# A hundred calls a second, four hundred at once.
LIMIT = Limit("pos", 400, 4)
KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
SERVER_ERROR = 500
OUT_OF_RANGE = "22003"
# The database gave up waiting for a row, or broke a tie: the same call may well succeed a moment later.
BUSY = frozenset({"55P03", "40P01", "40001"})

log = structlog.get_logger("pos")


class OnlyJSON(DefaultContentNegotiation):
    """Answers are JSON, whatever a client says that it takes."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        """Return the one renderer there is."""
        return renderers[0], renderers[0].media_type


class Stop(Exception):  # noqa: N818 - it ends a call, with its answer
    """The call ends here with this answer."""

    def __init__(self, answer: HttpResponse) -> None:
        self.answer = answer
        super().__init__(answer.status_code)


class Call(APIView):
    """A call. `scope` is what the key has to be allowed for a POST; a GET needs to be allowed to read."""

    scope: ClassVar[KeyScope] = KeyScope.READ
    # So that another address than a merchant's own can be open to everybody; see `tenancy.doors.key`.
    is_open: ClassVar[bool] = False
    # Key, scope and limit are checked below, by what the merchant's door has opened.
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    schema = CallSchema()
    told: ClassVar[dict[str, Told]] = {}
    content_negotiation_class = OnlyJSON

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the key, its limit, and what it may do, in this order; raises Stop."""
        key, self.looked = use_key(text=bearer(request), now=timezone.now(), operation=self.operation_of(request))
        if key is None:
            raise Stop(unauthorized())
        self.key: ApiKey = key
        request._request.api_key = key  # type: ignore[attr-defined]  # noqa: SLF001 - for the log of calls
        settle(request._request, key.merchant)  # noqa: SLF001 - the request that the rooms below know
        if not allowed_in_lots(LIMIT, str(key.pk)):
            detail = "Too many calls with this key."
            raise Stop(problem(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", detail, retry_after=LIMIT.retry_after))
        scope = self.scope_of(request.method or "")
        if scope.value not in key.scopes:
            detail = f"This key lacks the scope “{scope.value}”."
            raise Stop(problem(HTTPStatus.FORBIDDEN, "scope_missing", detail))
        # What the framework would do here (versions, users, permissions, limits of its own) there is none of.

    def operation_of(self, request: Request) -> str:
        """Return the name of what is to be done once; nothing for a call that changes nothing."""
        return ""

    def scope_of(self, method: str) -> KeyScope:
        """Return what a key has to be allowed for this method: to read, whatever else the address does."""
        return KeyScope.READ if method in ("GET", "HEAD", "OPTIONS") else self.scope

    @cached_property
    def actor(self) -> Actor:
        """Who does it, as history and ledger name it."""
        return Actor.api_key(self.key.pk)

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        """Turn whatever ended the call into its answer; what nobody foresaw is logged and answers 500."""
        found = refused(exc)
        if found is not None:
            return found
        if _is_busy(exc):
            transaction.set_rollback(True)
            return problem(HTTPStatus.CONFLICT, "request_in_progress", "Somebody else is at it.", retry_after=1)
        match = self.request.resolver_match
        log.error("failed", route=match.route if match else None, exc_info=exc)
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "This failed on our side.")


class Write(Call):
    """A call that does something, once for each `Idempotency-Key` of an API key.

    `body` declares what it takes; `act(data)` does it in a savepoint (see `undone_on_error`) and returns (status, plain values). What it refuses
    is part of the record, so that the same call gets the same answer; what failed on our side is not.
    """

    scope = KeyScope.WRITE
    # What the door sets before anything else is done, so that a refusal can take the work back and be kept itself.
    savepoint: ClassVar[str] = WORK
    body: ClassVar[type[serializers.Serializer[Any]]] = serializers.Serializer

    def operation_of(self, request: Request) -> str:
        """Return the `Idempotency-Key`; nothing for one that cannot be used."""
        name: str = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        return name if request.method == "POST" and KEY.match(name) else ""

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Answer from the record, or do it."""
        name = self.operation_of(request)
        if not name:
            detail = "Give an Idempotency-Key of 1 to 255 visible characters."
            raise Stop(problem(HTTPStatus.BAD_REQUEST, "idempotency_key_required", detail))
        self.op_key = f"api:{hashlib.sha256(f'{self.key.pk}:{name}'.encode()).hexdigest()}"
        match = request.resolver_match
        digest = digest_of(match.view_name if match else "", kwargs, request.data)
        try:
            return answer_once(
                principal=str(self.actor),
                key=name,
                digest=digest,
                work=lambda: self._work(request),
                keep=_is_kept,
                looked=self.looked,
            )
        except KeyReused:
            detail = "This Idempotency-Key came before with another request."
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
        except InProgress:
            detail = "The first request with this Idempotency-Key is still running."
            return problem(HTTPStatus.CONFLICT, "request_in_progress", detail, retry_after=1)

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Do it; return the status and what to answer."""
        raise NotImplementedError

    def _work(self, request: Request) -> HttpResponse:
        try:
            data = reader(self.body).run_validation(request.data)
            with undone_on_error():
                status, values = self.act(data)
        except (Stop, APIException, DataError, *REFUSALS) as error:
            found = refused(error)
            if found is None:
                raise
            return found
        return answer(values, status=status)


@cache
def reader(body: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """Return what reads bodies of this kind: made once, since it keeps nothing of what it reads.

    Its `run_validation` returns the values, or raises ValidationError.
    """
    return body()


def answer(values: Any, *, status: int = 200) -> HttpResponse:
    """Return plain values as JSON that nobody keeps."""
    text = JSONRenderer().render(values)
    return HttpResponse(text, status=status, content_type="application/json", headers={"Cache-Control": "no-store"})


def refused(error: Exception) -> HttpResponse | None:
    """Return the answer to what a call was refused for; None where it is no refusal but a fault."""
    if isinstance(error, Stop):
        return error.answer
    if isinstance(error, REFUSALS):
        return refusal(error)
    if isinstance(error, DataError) and getattr(error.__cause__, "sqlstate", "") == OUT_OF_RANGE:
        detail = "The amount is larger than anything that points are counted for."
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "amount_too_large", detail)
    if isinstance(error, ValidationError):
        detail = "Some values are missing or cannot be used."
        return problem(HTTPStatus.BAD_REQUEST, "invalid_request", detail, errors=list(_named(error.detail)))
    return _framework_answer(error) if isinstance(error, APIException) else None


def unauthorized() -> HttpResponse:
    """Return the answer to a call without a key of ours."""
    return problem(HTTPStatus.UNAUTHORIZED, "unauthorized", "Give an API key: Authorization: Bearer pk_...")


def bearer(request: Any) -> str:
    """Return the key that a request brings, or nothing."""
    scheme, _space, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def uuid_of(text: str) -> uuid.UUID:
    """Return the id that a text is; raises Stop with 404 where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Stop(problem(HTTPStatus.NOT_FOUND, "not_found", "There is nothing with this id.")) from error


def _is_kept(response: HttpResponse) -> bool:
    return response.status_code < SERVER_ERROR and "Retry-After" not in response


def _is_busy(error: Exception) -> bool:
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") in BUSY


def _framework_answer(error: APIException) -> HttpResponse:
    code = {"parse_error": "malformed_request"}.get(str(error.default_code), str(error.default_code))
    response = problem(error.status_code, code, str(error.detail))
    if isinstance(error, MethodNotAllowed):
        response["Allow"] = "GET, POST"
    return response


def _named(detail: Any, path: str = "") -> Any:
    """Yield the problems of a serializer by field, nested ones with dots."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _named(inner, f"{path}.{name}" if path else name)
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            yield from _named(inner, f"{path}.{place}" if isinstance(inner, dict) else path)
    else:
        yield {"field": path, "detail": str(detail)}
