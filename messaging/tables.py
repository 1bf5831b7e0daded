"""The lists of messages and of closed addresses."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from messaging import maps, words
from messaging.models import Message, Suppression
from ui import cells
from ui.addresses import row_address
from ui.tables import Column, Table


class MessageTable(Table):
    """One message a row."""

    to = Column(_("Recipient"), empty_values=(), accessor="to_address", phone="lead")
    status = Column(_("Status"), empty_values=(), phone="side")
    last_error = Column(_("Reason"))
    kind = Column(_("Message"), empty_values=())
    document = Column(_("Belongs to"), empty_values=(), accessor="pk")
    attempts = Column(_("Attempts"), numeric=True)
    queued = Column(_("Decided"), accessor="queued_at")
    changed = Column(_("Age"), empty_values=(), accessor="status_at")

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def render_to(self, record: Message) -> SafeString:
        """Name and address, as the way to the message."""
        url = row_address("messaging:message", self.merchant_slug, record.pk)
        return cells.person(record.to_name, record.to_address, url)

    def render_status(self, record: Message) -> SafeString:
        """Where it stands."""
        return words.status(record)

    def render_last_error(self, value: str) -> SafeString:
        """Why, in words."""
        return cells.long_text(words.reason(value))

    def render_kind(self, record: Message) -> SafeString:
        """What it is, over its subject."""
        return cells.two_lines(maps.kind_label(record.kind), record.subject)

    def render_document(self, record: Message) -> SafeString:
        """The document that it belongs to."""
        label, url = maps.document(record.origin, record.origin_id, self.merchant_slug)
        return cells.link(url, label) if url else cells.text(label)

    def render_changed(self, record: Message) -> SafeString:
        """How long it has stood like this; since when, in the tooltip."""
        return cells.ago(record.status_at)


class SuppressionTable(Table):
    """One closed address a row."""

    address = Column(_("E-mail"), accessor="email_norm", phone="lead")
    reason = Column(_("Reason"), empty_values=(), phone="side")
    since = Column(_("Since"), accessor="created_at")
    message = Column(_("Message"), empty_values=(), accessor="message_ref")
    actions = Column(_("Actions"), empty_values=(), accessor="pk")

    def __init__(self, *args: Any, merchant_slug: str, may_lift: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug
        self.may_lift = may_lift

    def render_reason(self, record: Suppression) -> SafeString:
        """Why, as a badge."""
        return cells.badge(record.get_reason_display(), *words.CLOSED[record.reason])

    def render_message(self, record: Suppression) -> SafeString:
        """The message that closed it, where it was one."""
        if record.message_ref is None:
            return cells.dash()
        url = row_address("messaging:message", self.merchant_slug, record.message_ref)
        return cells.link(
            url, _("Open"), says=_("Open the message that closed %(email)s") % {"email": record.email_norm}
        )

    def render_actions(self, record: Suppression) -> SafeString:
        """Allow it again, for those who may."""
        if not self.may_lift:
            return cells.dash()
        url = row_address("messaging:suppression-remove", self.merchant_slug, record.pk)
        return cells.action(url, _("Allow again: %(email)s") % {"email": record.email_norm}, "lock-open", dialog=True)
