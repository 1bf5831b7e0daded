"""The grids of endpoints and of their log."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging.webhooks import maps, words
from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from ui import cells
from ui.tables import Column, Table


class EndpointTable(Table):
    """One endpoint a row."""

    name = Column(_("Name"), empty_values=(), phone="lead")
    state = Column(_("State"), empty_values=(), accessor="is_active", phone="side")
    events = Column(_("Hears of"), empty_values=())
    delivered = Column(_("Last delivered"), accessor="delivered_at")
    created = Column(_("Created"), accessor="created_at")

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def render_name(self, record: WebhookEndpoint) -> SafeString:
        """Its name over its address, as the way to its page."""
        url = reverse("messaging:endpoint", args=[self.merchant_slug, record.pk])
        return cells.person(record.name, record.url, url)

    def render_state(self, record: WebhookEndpoint) -> SafeString:
        """How it goes with it."""
        return words.state(record)

    def render_events(self, record: WebhookEndpoint) -> SafeString:
        """How many events, and which."""
        count = len(record.events)
        labels = ", ".join(maps.label_of(name) for name in record.events)
        return cells.two_lines(
            ngettext("%(n)s event", "%(n)s events", count) % {"n": count}, cells.long_text(labels, limit=60)
        )


class DeliveryTable(Table):
    """One message to one endpoint a row."""

    event = Column(_("Event"), empty_values=(), phone="lead")
    status = Column(_("Status"), empty_values=(), phone="side")
    answer = Column(_("Last answer"), empty_values=(), accessor="last_status")
    endpoint = Column(_("Endpoint"), empty_values=())
    about = Column(_("About"), empty_values=(), accessor="subject_id")
    attempts = Column(_("Attempts"), numeric=True)
    created = Column(_("Created"), accessor="created_at")
    next = Column(_("Next attempt"), accessor="next_at")

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def render_event(self, record: WebhookDelivery) -> SafeString:
        """The event in words over its name, as the way to the message."""
        url = reverse("messaging:webhook", args=[self.merchant_slug, record.pk])
        return cells.person(maps.label_of(record.event), record.event, url)

    def render_status(self, record: WebhookDelivery) -> SafeString:
        """Where it stands."""
        return words.status(record)

    def render_answer(self, record: WebhookDelivery) -> SafeString:
        """What the last attempt came to."""
        return cells.long_text(words.answer(record.last_status, record.last_error))

    def render_endpoint(self, record: WebhookDelivery) -> SafeString:
        """Where it goes; a removed endpoint has no page."""
        if record.endpoint.removed_at:
            return cells.text(record.endpoint.name)
        url = reverse("messaging:endpoint", args=[self.merchant_slug, record.endpoint_id])
        return cells.link(url, record.endpoint.name)

    def render_about(self, record: WebhookDelivery) -> SafeString:
        """The document that it is about."""
        if record.subject_id is None:
            return cells.dash()
        url = maps.page_of(record.event, record.subject_id, self.merchant_slug)
        short = record.subject_id.hex[-8:]
        return cells.link(url, short) if url else cells.code(short, copy=False)


class EndpointDeliveryTable(DeliveryTable):
    """The log of one endpoint, which is the same in every row."""

    class Meta(DeliveryTable.Meta):
        exclude = ("endpoint",)
