"""Bulk acts on redeemed rewards: choosing, preview, stopping, taking back, results. The pages are those of `jobs.bulk`."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from jobs.bulk import results, views
from jobs.bulk.filters import act_filter, row_filter
from jobs.bulk.kit import Kit
from jobs.bulk.ordering import act_sorts
from jobs.bulk.tables import RowTable
from loyalty import badges
from loyalty.bulk.kit import REWARDS
from loyalty.bulk.ordering import reward_sorts
from loyalty.coupon import status_of
from loyalty.models import BulkRow
from loyalty.tables import redeemed_used
from tenancy.roles import Role
from ui import cells, locale
from ui.tables import Column


class Rewards:
    """What the pages are about."""

    kit: ClassVar[Kit] = REWARDS
    room: ClassVar[str] = "loyalty"
    list_page: ClassVar[str] = "redeemed"
    list_title: ClassVar[Any] = gettext_lazy("Redeemed rewards")


class Choose(Rewards, views.ChoosePage):
    """Keep what was ticked, or all that match."""

    role = Role.ADMIN


class Preview(Rewards, views.PreviewPage):
    """Say what will happen; begin."""

    role = Role.ADMIN

    def effects(self, sums: dict[str, int]) -> list[str]:
        """Say what canceling gives back, and what becomes of the codes."""
        points, codes, burnt = (sums.get(name, 0) for name in ("points", "codes", "burnt"))
        found = []
        if points:
            words = ngettext(
                "With “Give the points back” %(n)s point goes back to the lots that it came from, with its own end.",
                "With “Give the points back” %(n)s points go back to the lots that they came from, with their own end.",
                points,
            )
            found.append(words % {"n": locale.number(points)})
        if burnt:
            words = ngettext("%(n)s code is burnt.", "%(n)s codes are burnt.", burnt)
            found.append(words % {"n": locale.number(burnt)})
        if codes > burnt:
            back = codes - burnt
            words = ngettext("%(n)s code returns to its pool.", "%(n)s codes return to their pools.", back)
            found.append(words % {"n": locale.number(back)})
        return found


class Stop(Rewards, views.StopPage):
    """Call it off."""

    role = Role.ADMIN


class Undo(Rewards, views.UndoPage):
    """Take it back."""

    role = Role.ADMIN


class Acts(Rewards, results.ActListPage):
    """Every bulk act on redeemed rewards."""

    role = Role.VIEWER
    sorts = act_sorts(REWARDS.acts)
    filterset_class = act_filter(REWARDS)


class RewardRows(RowTable):
    """One redeemed reward of an act a row, with where it stands now."""

    document = Column(gettext_lazy("Redeemed reward"), empty_values=(), phone="lead")
    coupon = Column(gettext_lazy("Coupon status"), empty_values=())
    used = Column(gettext_lazy("Unused / Used"), empty_values=())
    delivery = Column(gettext_lazy("Delivery status"), empty_values=())
    redeemed = Column(gettext_lazy("Redeem date and time"), empty_values=(), phone="none")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = timezone.now()

    def render_coupon(self, record: BulkRow) -> str:
        """Whether the coupon can be used now, whatever the act did."""
        return badges.coupon(status_of(record.redeemed, at=self.now))

    def render_used(self, record: BulkRow) -> str:
        """The box."""
        return redeemed_used(record.redeemed)

    def render_delivery(self, record: BulkRow) -> str:
        """How far it has come."""
        return badges.delivery(record.redeemed.delivery_status)

    def render_redeemed(self, record: BulkRow) -> str:
        """When it was redeemed."""
        return cells.when(record.redeemed.redeemed_at)


class Result(Rewards, results.ResultPage):
    """One act, with what became of each redeemed reward."""

    role = Role.VIEWER
    template_name = "loyalty/bulk_result.html"
    table_class = RewardRows
    filterset_class = row_filter(REWARDS, "redeemed__reward_name", "redeemed__code_value", "redeemed__customer_email")
    sorts = reward_sorts()
    counted = ngettext_lazy("%(shown)s redeemed reward", "%(shown)s redeemed rewards", "number")


class Rows(Rewards, results.RowsFile):
    """The same as a file."""

    role = Role.VIEWER
