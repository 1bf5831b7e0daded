"""The columns of a file of responses, and one row of it as values.

A row with an `id` changes the status of a response that stands; one without brings a new response in.
"""

import re
import uuid
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.normalise import email_norm
from jobs.bulk.csvfile import FORMULA
from offers.services.importing import ARRIVES
from offers.states import Status
from tenancy.days import start_of_day
from tenancy.imports.naming import Field
from tenancy.imports.table import Columns, Row
from tenancy.imports.values import DATE_ONLY, SHORTENED, BadValue, moment, within

LONGEST_KEY, LONGEST_TEXT = 100, 120
# What is read of a row; the others are for the eye, and those of the export of responses are among them.
READ = (
    "id",
    "version",
    "status",
    "reason",
    "offer",
    "offer_name",
    "card_number",
    "email",
    "key",
    "issued_at",
    "expires_at",
    "completed_at",
    "reference",
)
SHOWN = (
    "member_name",
    "member_email",
    "certificate_code",
    "offer_type",
    "usage_period",
    "source",
    "offer_id",
    "customer_id",
    "usage_from",
    "usage_to",
    "clipped_at",
    "amount",
    "currency",
    "carrier",
    "tracking_number",
)
COLUMNS = Columns(known=(*READ, *SHOWN), one_of=("id", "offer"))
FIELDS = (
    Field("id", gettext_lazy("Response's id"), ("response id",)),
    Field("version", gettext_lazy("Version")),
    Field("status", gettext_lazy("Status"), ("state", "processing status")),
    Field("reason", gettext_lazy("Reason"), ("why", "note", "comment", "grund", "bemerkung")),
    Field("offer", gettext_lazy("Offer"), ("coupon", "campaign", "promotion", "angebot", "aktion")),
    Field("offer_name", gettext_lazy("Offer's name")),
    Field(
        "card_number",
        gettext_lazy("Card number"),
        ("card", "member number", "loyalty card", "household", "kartennummer"),
    ),
    Field("email", gettext_lazy("E-mail"), ("e-mail address", "mail", "email address", "e-mail-adresse")),
    Field("key", gettext_lazy("Own name of the response"), ("reference number",)),
    Field("issued_at", gettext_lazy("Issued"), ("issued on", "date", "given", "ausgegeben", "datum")),
    Field("expires_at", gettext_lazy("Expires"), ("valid until", "expiry", "end", "gültig bis", "ablauf")),
    Field("completed_at", gettext_lazy("Completed"), ("used", "used at", "redeemed", "redeemed at", "eingelöst")),
    Field("reference", gettext_lazy("Purchase"), ("receipt", "basket", "belegnummer")),
)
FAR = timedelta(days=36_525)
NUMBER = re.compile(r"^[0-9]{1,9}$")


class ResponseRow(NamedTuple):
    """One row of the file: times in UTC, None or "" for empty cells. `version` and `id` are None for a new response.

    `cells` are the texts as they stood there, for what must not have been edited.
    """

    id: uuid.UUID | None
    version: int | None
    status: Status | None
    reason: str
    offer: str
    card_number: str
    email: str
    key: str
    issued_at: datetime | None
    expires_at: datetime | None
    completed_at: datetime | None
    reference: str
    cells: Row


def read_row(row: Row, *, now: datetime, zone: tzinfo) -> ResponseRow:
    """Return a row's values; raise BadValue with what is wrong with them by themselves."""
    given = {name: _plain(row.get(name, "")) for name in COLUMNS.known}
    if SHORTENED.match(given["card_number"]) and not given["id"]:
        reason = _("“%(text)s” was shortened by a spreadsheet. Use the file as it was downloaded.")
        raise BadValue(reason % {"text": given["card_number"][:40]})
    found = ResponseRow(
        id=_id(given["id"]),
        version=_version(given["version"]),
        status=_status(given["status"]),
        reason=given["reason"][:500],
        offer=given["offer"] or given["offer_name"],
        card_number=within(given["card_number"], "card_number", 64),
        email=email_norm(given["email"]),
        key=within(given["key"], "key", LONGEST_KEY),
        issued_at=_at(given["issued_at"], "issued_at", now, zone),
        expires_at=_end(given["expires_at"], now, zone),
        completed_at=_at(given["completed_at"], "completed_at", now, zone),
        reference=within(given["reference"], "reference", LONGEST_TEXT),
        cells=given,
    )
    if found.id:
        _check_known(found)
    else:
        _check_new(found, now)
    return found


def _check_known(row: ResponseRow) -> None:
    if row.status is None:
        raise BadValue(_("The status is missing."))
    if row.key:
        raise BadValue(_("A row has an id or a key, not both."))
    _check_completed(row)


def _check_new(row: ResponseRow, now: datetime) -> None:
    if not row.offer:
        raise BadValue(_("The row has neither the id of a response nor an offer."))
    if row.cells["version"] or row.cells["certificate_code"]:
        raise BadValue(_("A new response has no version and no certificate code yet: leave these cells empty."))
    if row.issued_at is None:
        raise BadValue(_("The column “issued_at” is empty."))
    if row.expires_at is not None and row.expires_at <= row.issued_at:
        raise BadValue(_("It ends before it was issued."))
    status = row.status or Status.PENDING
    if status not in ARRIVES:
        raise BadValue(_("A new response cannot come as “%(status)s”.") % {"status": status.label})
    if status == Status.COMPLETED and row.completed_at is None:
        raise BadValue(_("The column “completed_at” is empty."))
    if status == Status.EXPIRED and (row.expires_at is None or row.expires_at > now):
        raise BadValue(_("An expired response needs the time in “expires_at” when it ended."))
    _check_completed(row)


def _check_completed(row: ResponseRow) -> None:
    if row.completed_at is None:
        return
    if row.status != Status.COMPLETED:
        raise BadValue(_("The column “completed_at” belongs to completed responses."))
    if row.issued_at is not None and row.completed_at < row.issued_at:
        raise BadValue(_("It was completed before it was issued."))


def _plain(text: str) -> str:
    """Return a cell without the apostrophe that keeps a sheet from reading it as a formula."""
    return text[1:] if text.startswith("'") and FORMULA.match(text, 1) else text


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise BadValue(_("“%(text)s” is no id of a response.") % {"text": text[:40]}) from error


def _version(text: str) -> int | None:
    if text and not NUMBER.match(text):
        raise BadValue(_("“%(text)s” is no version.") % {"text": text[:40]})
    return int(text) if text else None


def _status(text: str) -> Status | None:
    """Return a status, by its name for programs or for people."""
    if not text:
        return None
    asked = text.casefold()
    found = asked if asked in Status.values else _labels().get(asked)
    if found is not None:
        return Status(found)
    known = ", ".join(Status.values)
    raise BadValue(_("“%(text)s” is no status; known are %(known)s.") % {"text": text[:40], "known": known})


def _labels() -> dict[str, str]:
    return {str(status.label).casefold(): status.value for status in Status}


def _at(text: str, column: str, now: datetime, zone: tzinfo) -> datetime | None:
    return moment(text, column, now=now, zone=zone) if text else None


def _end(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return an instant before which the response is valid: after a day without a time, the next day's first."""
    if not text:
        return None
    found = moment(text, "expires_at", now=now + FAR, zone=zone)
    if DATE_ONLY.match(text):
        return start_of_day(found.astimezone(zone).date() + timedelta(days=1), zone)
    return found
