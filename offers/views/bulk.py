"""Bulk acts on responses: choosing, preview, stopping, taking back, results. The pages are those of `jobs.bulk`."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from jobs.bulk import results, views
from jobs.bulk.filters import act_filter, row_filter
from jobs.bulk.kit import Kit
from jobs.bulk.ordering import act_sorts
from jobs.bulk.tables import RowTable
from offers import badges
from offers.bulk.kit import RESPONSES
from offers.bulk.ordering import response_sorts
from offers.models import BulkRow
from offers.usage import status_of
from tenancy.roles import Role
from ui import cells, locale
from ui.tables import Column


class Responses:
    """What the pages are about."""

    kit: ClassVar[Kit] = RESPONSES
    room: ClassVar[str] = "offers"
    list_page: ClassVar[str] = "responses"
    list_title: ClassVar[Any] = gettext_lazy("Offer Responses")


class Choose(Responses, views.ChoosePage):
    """Keep what was ticked, or all that match."""

    role = Role.ADMIN


class Preview(Responses, views.PreviewPage):
    """Say what will happen; begin."""

    role = Role.ADMIN

    def effects(self, sums: dict[str, int]) -> list[str]:
        """Say how many are reopened with a new end alone."""
        late = sums.get("late", 0)
        if not late:
            return []
        words = ngettext(
            "The validity of %(n)s response has passed: it is reopened with a new end, and skipped without one.",
            "The validity of %(n)s responses has passed: they are reopened with a new end, and skipped without one.",
            late,
        )
        return [words % {"n": locale.number(late)}]


class Stop(Responses, views.StopPage):
    """Call it off."""

    role = Role.ADMIN


class Undo(Responses, views.UndoPage):
    """Take it back."""

    role = Role.ADMIN


class Acts(Responses, results.ActListPage):
    """Every bulk act on responses."""

    role = Role.VIEWER
    sorts = act_sorts(RESPONSES.acts)
    filterset_class = act_filter(RESPONSES)


class ResponseRows(RowTable):
    """One response of an act a row, with where it stands now."""

    document = Column(gettext_lazy("Response"), empty_values=(), phone="lead")
    status = Column(gettext_lazy("Processing status"), empty_values=())
    usage = Column(gettext_lazy("Usage period"), empty_values=())
    issued = Column(gettext_lazy("Issued"), empty_values=(), phone="none")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone = timezone.now(), timezone.get_current_timezone()

    def render_status(self, record: BulkRow) -> str:
        """Where it stands now, whatever the act did."""
        return badges.status(status_of(record.response, at=self.now))

    def render_usage(self, record: BulkRow) -> str:
        """Inside, before or after its usage period."""
        return badges.usage(record.response, at=self.now, zone=self.zone)

    def render_issued(self, record: BulkRow) -> str:
        """When it was issued."""
        return cells.when(record.response.issued_at)


class Result(Responses, results.ResultPage):
    """One act, with what became of each response."""

    role = Role.VIEWER
    template_name = "offers/bulk_result.html"
    table_class = ResponseRows
    filterset_class = row_filter(
        RESPONSES, "response__offer_name", "response__member_name", "response__member_email", "response__code_value"
    )
    sorts = response_sorts()
    counted = ngettext_lazy("%(shown)s response", "%(shown)s responses", "number")


class Rows(Responses, results.RowsFile):
    """The same as a file."""

    role = Role.VIEWER
