"""The grid of redeemed rewards."""

from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from loyalty import badges
from loyalty.models import RedeemedReward
from loyalty.states import RewardType
from ui import cells
from ui.addresses import NOBODY, address
from ui.tables import Column, Table

# The one form outside the table that the boxes belong to.
FORM = "use-form"


class RedeemedTable(Table):
    """One redeemed reward a row, read from its own columns alone. `may_change`: the boxes can be pressed."""

    row_header = "email"

    redeemed = Column(_("Redeem date and time"), accessor="redeemed_at")
    used_on = Column(_("Usage date and time"), accessor="used_at", phone="none")
    cost = Column(_("Cost in points"), accessor="cost_in_points", numeric=True, phone="none")
    tax = Column(_("Tax value"), empty_values=(), numeric=True, phone="none")
    email = Column(_("Customer e-mail"), empty_values=(), phone="lead")
    phone = Column(_("Phone"), accessor="customer_phone", phone="none")
    reward = Column(_("Reward"), empty_values=())
    type = Column(_("Reward type"), accessor="reward_type", phone="none")
    first_name = Column(_("Customer's first name"), accessor="customer_first_name", phone="none")
    last_name = Column(_("Customer's surname"), accessor="customer_last_name", phone="none")
    points_after = Column(
        _("Customer active points amount"), accessor="active_points_after", numeric=True, phone="none"
    )
    delivery = Column(_("Delivery status"), accessor="delivery_status", empty_values=())
    cashback = Column(_("Cashback status"), empty_values=(), phone="none")
    used = Column(_("Unused / Used"), empty_values=(), phone="side")
    actions = Column(_("Actions"), empty_values=(), label_on_phone=False)

    def __init__(
        self, *args: Any, merchant_slug: str, now: datetime, place: str = "", may_change: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.place, self.may_change = now, f"?list={place}" if place else "", may_change
        self.merchant_slug = merchant_slug
        self.customer_page = self._page("cockpit:customer")

    def _page(self, name: str) -> str:
        """Return a row's address, its id left open: what is drawn with it is drawn once, and each row puts its id in."""
        return address(name, self.merchant_slug, NOBODY)

    def row_label(self, record: RedeemedReward) -> str:
        """Return which reward it is, and whose."""
        return f"{record.reward_name} {record.customer_email}"

    def render_email(self, record: RedeemedReward) -> str:
        """The customer's address, as the way to the customer's page."""
        url = self.customer_page.replace(NOBODY, str(record.customer_id))
        return cells.person(record.customer_email or _now("No e-mail"), "", url)

    def render_tax(self, record: RedeemedReward) -> str:
        """The tax value in its currency."""
        return cells.money(record.tax_value, record.currency) if record.tax_value else cells.dash()

    def render_reward(self, record: RedeemedReward) -> str:
        """The reward's name with its code in round brackets."""
        return reward_with_code(record.reward_name, record.code_value)

    def render_type(self, value: str) -> str:
        """What kind of reward it is."""
        return self.once(_type, value)

    def render_delivery(self, value: str) -> str:
        """How far it has come."""
        return self.once(badges.delivery, value)

    def render_cashback(self, record: RedeemedReward) -> str:
        """How its payment stands."""
        return self.once(badges.cashback, record.cashback_status, record.cashback_text)

    def render_used(self, record: RedeemedReward) -> str:
        """The box: a button where it can be pressed, else with the reason why not."""
        if record.reward_type == RewardType.CASHBACK:
            return cells.dash()
        why = badges.why_fixed(record, at=self.now)
        box = self.once(self._box_with, record.used_at is not None, why)
        return SafeString(box.replace(NOBODY, str(record.id)))

    def render_actions(self, record: RedeemedReward) -> str:
        """The delivery address, and the way to the reward's page."""
        return SafeString(self.once(self._links).replace(NOBODY, str(record.id)))

    def _box_with(self, is_used: bool, why: str) -> str:  # noqa: FBT001 - it is what a cell is drawn from
        label = _label(is_used=is_used)
        checked = str(is_used).lower()
        if why or not self.may_change:
            fixed = f'<span class="use-box" role="checkbox" aria-checked="{checked}" aria-disabled="true"'
            return _with_reason(fixed, label, why) if why else f"{fixed}>{label}</span>"
        url = self._page("loyalty:unuse" if is_used else "loyalty:use")
        says = _now("Mark as Unused") if is_used else _now("Mark as Used")
        return (
            f'<button class="use-box" form="{FORM}" formaction="{cells.esc(url)}" role="checkbox"'
            f' aria-checked="{checked}" title="{cells.esc(says)}">{label}</button>'
        )

    def _links(self) -> str:
        address_page, detail_page = self._page("loyalty:redeemed_address"), self._page("loyalty:redeemed_detail")
        return cells.action(address_page, _now("View the delivery address"), "eye", dialog=True) + cells.action(
            detail_page + self.place, _now("Open this redeemed reward"), "pencil", opens=True
        )


def _with_reason(box: str, label: str, why: str) -> str:
    # Reached by Tab and by a tap, which a title is not.
    tip = f"why-{NOBODY}"
    return (
        f'<span class="tip">{box} tabindex="0" aria-describedby="{tip}">{label}</span>'
        f'<span role="tooltip" id="{tip}">{cells.esc(why)}</span></span>'
    )


def _type(value: str) -> str:
    return cells.text(RewardType(value).label)


def _label(*, is_used: bool) -> str:
    return f"{badges.box(is_used=is_used)}{cells.esc(badges.used_words(is_used=is_used))}"


def redeemed_used(record: RedeemedReward) -> SafeString:
    """Return the box as a mark alone; a dash for a cashback, which has none."""
    if record.reward_type == RewardType.CASHBACK:
        return cells.dash()
    return SafeString(f'<span class="use-box">{_label(is_used=record.used_at is not None)}</span>')


def reward_with_code(name: str, code: str) -> SafeString:
    """Return `Book (ABC123)`, or the name alone where there is no code."""
    if not code:
        return SafeString(cells.esc(name))
    return SafeString(f'<span>{cells.esc(name)} <span class="code">({cells.esc(code)})</span></span>')
