"""Members: found, enrolled, and what they have."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from customers.models import Customer
from customers.normalise import email_norm, phone_norm
from customers.services import enrol, update_contact
from loyalty.points import summary
from loyalty.statement import Cursor, statement
from pos import answers, bodies, shapes
from pos.base import Call, Stop, Write, answer, uuid_of
from pos.pages import MOST, bad_page, page, page_size
from pos.told import PAGED, Told
from tenancy.idempotency import lock_of
from tenancy.problems import problem

# Each way to ask for a member: the column that holds it, and how what was typed is compared.
KNOWN_BY: dict[str, tuple[str, Callable[[str], str]]] = {
    "email": ("email_norm", email_norm),
    "phone": ("phone_norm", phone_norm),
    "card_number": ("card_number", str.strip),
}


def member_of(text: str) -> Customer:
    """Return a member; raises Stop and Customer.DoesNotExist, which answer 404."""
    found: Customer = Customer.objects.get(id=uuid_of(text), erased_at=None)
    return found


class Members(Write):
    """Find members by e-mail, phone or card number; enrol one."""

    body = bodies.NewMember
    told: ClassVar[dict[str, Told]] = {
        "get": Told(shapes.listed(shapes.Member), params=("email", "phone", "card_number")),
        "post": Told(shapes.Member, 201, {409: ("member_exists",)}),
    }

    def get(self, request: Request) -> HttpResponse:
        """Answer with the members that are known by this."""
        asked = {name: request.query_params[name] for name in KNOWN_BY if request.query_params.get(name)}
        if not asked:
            raise ValidationError({"email": ["Ask by `email`, `phone` or `card_number`."]})
        wanted = {KNOWN_BY[name][0]: KNOWN_BY[name][1](value) for name, value in asked.items()}
        if not all(wanted.values()):
            return answer({"results": [], "next": None})
        found = Customer.objects.filter(erased_at=None, **wanted).order_by("created_at", "id")[:MOST]
        return answer({"results": [answers.member(one) for one in found], "next": None})

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Enrol; 409 where somebody is known by this, with whose it is."""
        address = data.pop("address", None)
        if not (data["email"] or data["card_number"]):
            _check_phone(phone_norm(data["phone"]))
        try:
            with transaction.atomic():
                customer = enrol(now=timezone.now(), actor=self.actor, **data)
        except IntegrityError as error:
            raise _stands_already(data, error) from error
        if address:
            update_contact(customer=customer, values=address, actor=self.actor)
        return HTTPStatus.CREATED, answers.member(customer)


def _check_phone(phone: str) -> None:
    """Raise Stop where somebody has this number; until the transaction ends nobody else enrols by it alone.

    Members may share a number, as families do: each of them is known by something else as well.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [lock_of("phone", phone)])
    known = Customer.objects.filter(phone_norm=phone, erased_at=None).order_by("created_at", "id").first()
    if known is not None:
        raise _exists(known, "A member with this phone number is enrolled.")


def _stands_already(data: dict[str, Any], error: IntegrityError) -> Exception:
    for name in ("email", "card_number"):
        column, compared = KNOWN_BY[name]
        known = Customer.objects.filter(**{column: compared(data[name])}).first() if data[name] else None
        if known is not None:
            return _exists(known, "A member with this e-mail address or card number is enrolled.")
    return error


def _exists(known: Customer, detail: str) -> Stop:
    return Stop(problem(HTTPStatus.CONFLICT, "member_exists", detail, member_id=str(known.id)))


class Member(Call):
    """One member, with points."""

    told: ClassVar[dict[str, Told]] = {"get": Told(shapes.MemberWithPoints)}

    def get(self, request: Request, member_id: str) -> HttpResponse:
        """Answer with the member."""
        customer = member_of(member_id)
        found = summary(customer_id=customer.id, at=timezone.now())
        return answer(answers.member(customer) | {"points": answers.points(found)})


class Statement(Member):
    """A member's points line by line, the latest first."""

    told: ClassVar[dict[str, Told]] = {"get": Told(shapes.listed(shapes.StatementLine), params=PAGED)}

    def get(self, request: Request, member_id: str) -> HttpResponse:
        """Answer with one page of the statement."""
        customer, size, after = member_of(member_id), page_size(request), request.query_params.get("after")
        try:
            before = Cursor.parse(after) if after else None
        except ValueError as error:
            raise bad_page() from error
        lines = statement(customer_id=customer.id, before=before, limit=size + 1)
        return page(request, lines, size=size, draw=answers.line, token=lambda one: one.cursor.token)
