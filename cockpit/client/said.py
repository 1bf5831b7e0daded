"""What a page says after something was done, by the name in its address."""

from typing import Any

from django.utils.translation import gettext_lazy as _

SAID: dict[str, tuple[str, Any]] = {
    "in": ("ok", _("You are signed in.")),
    "out": ("info", _("Sign in to see this page.")),
    "left": ("ok", _("You are signed out.")),
    "redeemed": ("ok", _("It is yours. Enjoy it!")),
    "taken": ("ok", _("The offer is yours.")),
    "clipped": ("ok", _("Clipped: you can use it now.")),
    "saved": ("ok", _("Your profile was saved.")),
    "reminders-on": ("ok", _("We write to you before points run out.")),
    "reminders-off": ("ok", _("We write no more about points that run out.")),
    "ended": ("ok", _("That browser is signed out.")),
    "ended-all": ("ok", _("All other browsers are signed out.")),
    "erasure": ("ok", _("The shop has your request. You see here what becomes of it.")),
    "withdrawn": ("ok", _("Your request was withdrawn. Everything stays as it is.")),
}


def said(name: str) -> dict[str, Any] | None:
    """Return tone and sentence of this name; None for a name that is none of ours."""
    found = SAID.get(name)
    return {"tone": found[0], "text": found[1]} if found else None
