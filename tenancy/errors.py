"""Refusals of this room's services; their texts are fit to show."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy


class Refused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """Something was asked for that is not possible; nothing was changed."""


class RefusedAct(Exception):  # noqa: N818 - the common base of the rooms' refusals
    """An act on a document that is not possible now, and nothing was done. `str(error)` is a sentence for people.

    Each room has a `Refused` of its own on it; `code` names the refusal for programs.
    """

    code = "refused"
    text: Any = _lazy("This is not possible.")

    def __init__(self, text: Any = None, **params: Any) -> None:
        self.sentence = str(text or self.text) % params if params else str(text or self.text)
        super().__init__(self.sentence)


class LastOwner(Refused):
    """The merchant would be left without an owner."""

    def __init__(self) -> None:
        super().__init__(_("A merchant needs at least one owner. Make somebody else an owner first."))


class AlreadyMember(Refused):
    """The person works for this merchant already."""

    def __init__(self, email: str) -> None:
        super().__init__(_("%(email)s is a member already.") % {"email": email})


class NotFound(Refused):
    """The row is not there, or not any more."""

    def __init__(self) -> None:
        super().__init__(_("It is not there any more."))


class InvitationOver(Refused):
    """The invitation was used, withdrawn, or is too old."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is no longer valid. Ask for a new one."))


class OtherPerson(Refused):
    """The invitation is for another address."""

    def __init__(self, email: str) -> None:
        super().__init__(_("This invitation is for %(email)s.") % {"email": email})


class AccountExists(Refused):
    """There is an account with this address; its owner signs in to accept an invitation."""

    def __init__(self) -> None:
        super().__init__(_("You have an account already. Sign in with it to join."))


class ChangedMeanwhile(Refused):
    """Somebody else has saved the same settings since this person opened them."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else has changed these settings meanwhile. Open the page again before you choose.")
        )
