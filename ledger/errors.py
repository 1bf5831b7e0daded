"""Why the ledger refused, in words fit to show. Each answers one SQLSTATE of the functions (LE001 ...).

After a refusal the database has given up the transaction: whoever wants to go on after one wraps the call in a
savepoint (`transaction.atomic()`).
"""

import json
import uuid
from typing import Any, ClassVar

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class LedgerRefused(Exception):  # noqa: N818 - its children read as sentences where they are raised
    """The ledger did not do it, and nothing was written."""

    state: ClassVar[str] = ""
    code: ClassVar[str] = "refused"
    words: ClassVar[Any] = _("The ledger refused this.")

    def __init__(self, **detail: Any) -> None:
        super().__init__(self.code)
        self.detail = detail

    @property
    def reason(self) -> str:
        """Return a word for programs where one refusal has several causes, or ""."""
        return str(self.detail.get("reason", ""))

    @property
    def grant_id(self) -> uuid.UUID | None:
        """Return the grant that it was about, if it was about one."""
        found = self.detail.get("grant")
        return uuid.UUID(found) if found else None

    @property
    def entry_id(self) -> uuid.UUID | None:
        """Return the entry that was in the way, if one was."""
        found = self.detail.get("entry")
        return uuid.UUID(found) if found else None

    def __str__(self) -> str:
        return str(self.words)


class WrongMerchant(LedgerRefused):
    """The call named another merchant than the one in scope."""

    state = "LE001"
    code = "wrong_merchant"
    words = _("This belongs to another merchant.")


class LedgerConflict(LedgerRefused):
    """The idempotency key stands for a different act already (`entry_id`)."""

    state = "LE002"
    code = "key_conflict"
    words = _("The same request was made before with other contents.")


class NotEnough(LedgerRefused):
    """Not enough is usable now; `missing` says how much more it would take."""

    state = "LE003"
    code = "not_enough"

    @property
    def missing(self) -> int:
        """Return how much more it would take."""
        return int(self.detail["missing"])

    def __str__(self) -> str:
        if self.detail.get("unit") == "VOUCHER" or self.grant_id:
            return str(_("There is not enough left."))
        text = ngettext("There is %(n)s point too few.", "There are %(n)s points too few.", self.missing)
        return text % {"n": self.missing}


class GrantNotUsable(LedgerRefused):
    """A named grant cannot be drawn: `reason` is "unknown", "pending", "expired" or "empty"."""

    state = "LE004"
    code = "grant_not_usable"
    reasons: ClassVar[dict[str, Any]] = {
        "unknown": _("This customer holds no such thing."),
        "pending": _("This cannot be used yet."),
        "expired": _("This has expired."),
        "empty": _("This has been used up."),
    }

    def __str__(self) -> str:
        return str(self.reasons.get(self.reason, self.words))


class NothingLeft(LedgerRefused):
    """There is nothing to expire: it was used, revoked or expired before."""

    state = "LE005"
    code = "nothing_left"
    words = _("Nothing is left of this.")


class AlreadyReversed(LedgerRefused):
    """The entry was reversed before, by `entry_id`."""

    state = "LE006"
    code = "already_reversed"
    words = _("This has been undone already.")


class NotReversible(LedgerRefused):
    """The entry cannot be reversed: `reason` is "unknown", "is_reversal", "gone" or "expired"."""

    state = "LE007"
    code = "not_reversible"
    reasons: ClassVar[dict[str, Any]] = {
        "unknown": _("There is no such entry."),
        "is_reversal": _("What was undone is done again, not undone twice."),
        "gone": _("What was given has been used meanwhile, so it cannot be taken back."),
        "expired": _("Its time has passed, so it cannot be given back."),
    }

    def __str__(self) -> str:
        return str(self.reasons.get(self.reason, self.words))


class WrongTime(LedgerRefused):
    """A time was given where none may be ("not_allowed"), or one that lies ahead ("future")."""

    state = "LE008"
    code = "wrong_time"
    words = _("This time cannot be recorded.")


class BadAct(LedgerRefused):
    """The act was malformed: a mistake in the program that made it."""

    state = "LE009"
    code = "bad_act"


REFUSALS: dict[str, type[LedgerRefused]] = {kind.state: kind for kind in LedgerRefused.__subclasses__()}


def refusal(error: DatabaseError) -> LedgerRefused | None:
    """Return what the ledger's functions meant by this error, None if it is not theirs."""
    cause: Any = error.__cause__
    kind = REFUSALS.get(getattr(cause, "sqlstate", None) or "")
    if kind is None:
        return None
    return kind(**json.loads(cause.diag.message_detail or "{}"))
