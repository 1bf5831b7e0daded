"""The list of ledger entries."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cockpit.timeline import held_change, in_words, label_of, words_for_actors
from ledger.models import Entry
from tenancy.selectors import actor_names
from ui import cells
from ui.addresses import NOBODY
from ui.icons import icon
from ui.tables import Column, Table


class EntryTable(Table):
    """One entry a row, with what it changed for the customer."""

    event = Column(_("Event"), empty_values=(), phone="lead")
    occurred = Column(_("Occurred"), accessor="occurred_at")
    customer = Column(_("Customer"), empty_values=())
    change = Column(_("Change"), empty_values=(), phone="side")
    actor = Column(_("By"), empty_values=())
    note = Column(_("Note"))
    entry = Column(_("Entry"), accessor="id", phone="none")

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim_page = reverse("claims:claim", args=[merchant_slug, NOBODY])
        self.customer_page = reverse("cockpit:customer", args=[merchant_slug, NOBODY])
        actors = {record.actor for record in self.records}
        self.names = words_for_actors(actors, actor_names(actors))

    def row_label(self, record: Entry) -> str:
        """Return the event in words."""
        return str(label_of(record.event).words)

    def render_event(self, record: Entry) -> str:
        """The event with its icon, as the way to its document."""
        label = label_of(record.event)
        words: Any = label.words
        if record.origin == "claim":
            words = cells.link(self.claim_page.replace(NOBODY, str(record.origin_id)), words)
        return SafeString(f'<span class="event tone-{label.tone}">{icon(label.icon, 15)}{cells.esc(words)}</span>')

    def render_customer(self, record: Entry) -> str:
        """Whom it concerns."""
        url = self.customer_page.replace(NOBODY, str(record.customer_id))
        return cells.person(record.customer.name, "", url)

    def render_change(self, record: Entry) -> str:
        """What the customer holds more or less of."""
        return cells.text(in_words(held_change(record.movements.all())))

    def render_actor(self, record: Entry) -> str:
        """Who did it."""
        return cells.text(self.names.get(record.actor))

    def render_note(self, value: str) -> str:
        """The reason that was given."""
        return cells.long_text(value, 50)

    def render_entry(self, value: Any) -> str:
        """The entry's id."""
        return cells.code(str(value)[-12:], copy=False)
