"""What the overview's region shows, looked up part by part as the template asks for it."""

from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_center.overview.chart import Chart, chart
from claims_center.overview.choice import PRESETS, Choice
from claims_center.overview.figures import Figure
from claims_center.overview.headline import QUESTIONS, headline, windows
from claims_center.overview.tables import DEFAULT_SORT, KINDS, SORTS, Table, tables
from claims_center.tallies.reading import Answer, BeingCounted, ask
from ui import locale


class Overview:
    """The figures of a period; with `is_open` the chart and the tables too, as always on a page of its own.

    `sort` is one of SORTS, `in_full` names the table that is shown whole; anything else is the default. `kept` are
    the list's own parameters, by which a page without scripts finds back to it.
    """

    def __init__(
        self,
        choice: Choice,
        *,
        slug: str,
        now: datetime | None = None,
        is_open: bool = False,
        is_page: bool = False,
        sort: str = "",
        in_full: str = "",
        kept: str = "",
    ) -> None:
        self.choice, self.now, self.kept = choice, now or timezone.now(), kept
        self.list_url, self.url = reverse("claims:list", args=[slug]), reverse("claims:overview", args=[slug])
        self.is_open, self.is_page = is_open, is_page
        self.sort = sort if sort in SORTS else DEFAULT_SORT
        self.in_full = in_full if in_full in KINDS else ""

    @cached_property
    def answer(self) -> Answer | None:
        """What the figures at the top are made of; None while they are being counted anew."""
        asked = (*QUESTIONS, "days") if self.is_open else QUESTIONS
        try:
            return ask(*asked, windows=windows(self.choice))
        except BeingCounted:
            return None

    @property
    def figures(self) -> list[Figure]:
        """The figures at the top."""
        return headline(self.choice, self.answer, self.now) if self.answer else []

    @cached_property
    def chart(self) -> Chart | None:
        """The chart of claims by state."""
        return chart(self.choice, self.answer.days, self.list_url) if self.answer else None

    @cached_property
    def tables(self) -> list[Table]:
        """The tables by campaign, product and marketplace."""
        try:
            return tables(self.choice, sort=self.sort, in_full=self.in_full, address=self.address)
        except BeingCounted:
            return []

    @property
    def presets(self) -> list[tuple[int, str]]:
        """The usual periods with their addresses."""
        return [(days, self.address(days=str(days))) for days in PRESETS]

    @property
    def toggle(self) -> str:
        """The address that shows chart and tables, or hides them."""
        return self.address(open="no" if self.is_open else "yes")

    @property
    def compared_with(self) -> str:
        """Say what the changes are measured against."""
        return _("Compared with %(period)s") % {"period": self.choice.before}

    @property
    def zone(self) -> str:
        """The time zone of the days."""
        return locale.zone_name()

    @property
    def carried(self) -> dict[str, str]:
        """The parameters that stay when another period is chosen."""
        stays = {"open": "yes" if self.is_open else "no", "by": self.sort, "list": self.kept}
        return {name: value for name, value in stays.items() if value}

    def address(self, **changes: str) -> str:
        """Return the overview's address as it stands, with changes; "" leaves a parameter out."""
        days = {"days": str(self.choice.preset)}
        if not self.choice.preset and "days" not in changes:
            days = {"from": str(self.choice.start), "to": str(self.choice.end)}
        values = days | self.carried | {"all": self.in_full} | changes
        return f"{self.url}?{urlencode({name: value for name, value in values.items() if value})}"
