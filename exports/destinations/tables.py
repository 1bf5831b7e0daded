"""The list of destinations."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.models import Destination, DestinationKind
from ui import cells
from ui.tables import Column, Table

ICONS = {DestinationKind.SFTP: "server", DestinationKind.S3: "cloud", DestinationKind.EMAIL: "mail"}


def test_badge(destination: Destination, *, now: datetime) -> str:
    """Return what the last test of the connection said, in a word."""
    if destination.archived_at is not None:
        return cells.badge(_("Archived"), "mute", "archive")
    if destination.is_being_tested(at=now):
        return cells.badge(_("Testing …"), "info", "loader")
    if destination.tested_at is None:
        return cells.badge(_("Not tested"), "mute", "circle-dashed")
    if destination.test_words:
        return cells.badge(_("Does not work"), "bad", "circle-x")
    return cells.badge(_("Works"), "ok", "circle-check")


class DestinationTable(Table):
    """One destination a row; its name leads to its page."""

    name = Column(gettext_lazy("Name"), phone="lead")
    kind = Column(gettext_lazy("Kind"))
    place = Column(gettext_lazy("Where"), empty_values=())
    test = Column(gettext_lazy("Connection"), empty_values=(), phone="side")
    created = Column(gettext_lazy("Created"), accessor="created_at")
    by = Column(gettext_lazy("By"), accessor="created_by")

    def __init__(self, *args: Any, merchant_slug: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.now = merchant_slug, now

    def row_label(self, record: Destination) -> str:
        """Return the name."""
        return record.name

    def render_name(self, record: Destination) -> str:
        """The name, as the way to its page."""
        return cells.link(reverse("exports:destination", args=[self.merchant_slug, record.id]), record.name)

    def render_kind(self, record: Destination) -> str:
        """The kind with its icon."""
        return cells.badge(record.get_kind_display(), "mute", ICONS[DestinationKind(record.kind)])

    def render_place(self, record: Destination) -> str:
        """Host and folder, bucket, or recipients."""
        return cells.text(record.place)

    def render_test(self, record: Destination) -> str:
        """What the last test said."""
        return test_badge(record, now=self.now)
