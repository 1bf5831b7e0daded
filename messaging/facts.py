"""What there is to know about a message."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from messaging import maps, words
from messaging.models import Message
from messaging.states import PROBLEMS
from tenancy.selectors import actor_names
from ui import cells, locale
from ui.timeline import Fact


def facts(message: Message, slug: str) -> list[Fact]:
    """Return the facts of a message as its page shows them."""
    label, url = maps.document(message.origin, message.origin_id, slug)
    person = cells.person(message.to_name, message.to_address, _customer_url(message, slug))
    return [
        Fact(_("Recipient"), person, copy=message.to_address),
        Fact(_("Subject"), message.subject),
        Fact(_("Belongs to"), cells.link(url, label) if url else label),
        Fact(_("Number"), str(message.seq)),
        Fact(_("Reason"), words.reason(message.last_error)),
        Fact(_("Why it was sent again"), message.reason),
        Fact(_("Attempts"), str(message.attempts)),
        Fact(_("Sent through"), message.provider),
        Fact(_("Message-ID"), cells.code(message.message_id_header)),
        Fact(_("Sent"), cells.when(message.sent_at)),
        Fact(_("Delivered"), cells.when(message.delivered_at)),
        Fact(_("Opened"), cells.when(message.opened_at)),
    ]


def handled(message: Message, follower: Message | None) -> str:
    """Say who has taken a problem off the desk, and how; "" where nobody has, or there is none."""
    if not message.is_handled or message.status not in PROBLEMS:
        return ""
    when = locale.moment(message.handled_at) if message.handled_at else ""
    by = actor_names({message.handled_by}).get(message.handled_by, _("System")) if message.handled_by else ""
    if message.handled_note:
        return f"{message.handled_note} ({by}, {when})"
    if follower is not None:
        return _("Sent again by %(by)s, %(when)s.") % {"by": by, "when": when}
    return _("A later message has taken its place (%(by)s, %(when)s).") % {"by": by, "when": when}


def _customer_url(message: Message, slug: str) -> str:
    if message.customer_id is None:
        return ""
    try:
        return reverse("cockpit:customer", args=[slug, message.customer_id])
    except NoReverseMatch:
        return ""
