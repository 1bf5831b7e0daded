"""Changing a mail's words and switching it on or off; each is audited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from messaging.filling import CONTROL, fields_in, unknown_fields
from messaging.kinds import LINK, LINKED, MailKind, kind_of
from messaging.models import MailText
from tenancy.actors import Actor
from tenancy.audit import audit

WORDS = ("subject", "heading", "body", "button")


class NotSwitchable(Exception):  # noqa: N818 - reads as what is the case
    """Mails of this kind are always sent."""


class ChangedMeanwhile(Exception):  # noqa: N818
    """Somebody else has changed the text since this person opened it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one part of a text: `unknown` fields, fields that are `missing`, or `control` characters."""

    part: str
    code: str
    names: tuple[str, ...] = ()


def problems_of(*, kind: str, words: dict[str, str]) -> list[Problem]:
    """Return everything that is wrong with words for a kind; an empty list means that they can be kept."""
    mail = kind_of(kind)
    found = [
        Problem(part, "unknown", tuple(names))
        for part in WORDS
        if (names := unknown_fields(words[part], _known(mail, part)))
    ]
    missing = [name for name in mail.needed if name not in fields_in(words["body"])]
    found += [Problem("body", "missing", tuple(missing))] if missing else []
    found += [Problem(part, "empty") for part in ("subject", "body") if not words[part].strip()]
    lines = ("subject", "heading", "button")
    return found + [Problem(part, "control") for part in lines if CONTROL.search(words[part]) or "\n" in words[part]]


def change_text(*, kind: str, words: dict[str, str], version: int, actor: Actor, now: datetime) -> MailText:
    """Keep the merchant's own words for a kind: subject, heading, body and button.

    1. Locks the row, or makes it. The same words change nothing.
    2. Writes the words, counts the version, audits both with before and after.

    ``version`` is the one that the person saw, 0 where there was none; raises ChangedMeanwhile where it is another one
    now. The caller has looked at `problems_of`; raises ValueError for words that have some, UnknownKind.
    """
    if problems_of(kind=kind, words=words):
        raise ValueError("These words cannot be kept.")
    row = _held(kind, now=now)
    wanted = {part: words[part].replace("\r\n", "\n").strip() for part in WORDS}
    if {part: getattr(row, part) for part in WORDS} == wanted:
        return row
    if version != row.version:
        raise ChangedMeanwhile
    return _change(row, wanted, action="mail_text.changed", actor=actor, now=now)


def reset_text(*, kind: str, actor: Actor, now: datetime) -> MailText:
    """Go back to our own words, whether the mail is sent stays as it is; audited. Nothing happens where they stand."""
    row = _held(kind, now=now)
    if not row.body:
        return row
    return _change(row, dict.fromkeys(WORDS, ""), action="mail_text.reset", actor=actor, now=now)


def switch(*, kind: str, is_on: bool, actor: Actor, now: datetime) -> MailText:
    """Have mails of a kind sent, or not; audited. Mails that wait to go out are looked at again when their turn comes.

    Raises NotSwitchable, UnknownKind.
    """
    if not kind_of(kind).switchable:
        raise NotSwitchable(kind)
    row = _held(kind, now=now)
    if row.is_on == is_on:
        return row
    action = "mail_text.switched_on" if is_on else "mail_text.switched_off"
    return _change(row, {"is_on": is_on}, action=action, actor=actor, now=now)


def _held(kind: str, *, now: datetime) -> MailText:
    """Return the merchant's row for a kind, held until the transaction ends; made where there is none."""
    row = MailText.made_with(kind=kind, is_on=kind_of(kind).on, version=0, changed_at=now)
    MailText.objects.bulk_create([row], ignore_conflicts=True)
    found: MailText = MailText.objects.select_for_update(no_key=True).get(kind=kind)
    return found


def _change(row: MailText, values: dict[str, Any], *, action: str, actor: Actor, now: datetime) -> MailText:
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    # A switch changes no words, so that it does not get into the way of somebody who writes some.
    row.version += "is_on" not in values
    row.changed_at = now
    row.save(update_fields=[*values, "version", "changed_at"])
    changed = {name for name in values if before[name] != values[name]}
    audit(
        action=action,
        actor=actor,
        target=("mail_text", row.id),
        before={"kind": row.kind} | {name: before[name] for name in sorted(changed)},
        after={"kind": row.kind} | {name: values[name] for name in sorted(changed)},
    )
    return row


def _known(mail: MailKind, part: str) -> list[str]:
    """Return the fields that a part may use: a line of its own holds no links and no paragraphs."""
    return [field.name for field in mail.fields if part == "body" or field.shown not in (LINK, LINKED)]
