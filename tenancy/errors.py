"""Refusals of this room's services; their texts are fit to show."""

from django.utils.translation import gettext as _


class Refused(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """Something was asked for that is not possible; nothing was changed."""


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
