"""The steps of a funnel: which there are, which is next, and whether one may be opened yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center.public import forms

PRODUCT, ORDER, FEEDBACK, CONTACT, REVIEW = "product", "order", "feedback", "contact", "review"


@dataclass(frozen=True, slots=True)
class Step:
    """One page. `name` is the last part of its address and of its template's name."""

    name: str
    title: Any


TITLES = {
    PRODUCT: _("Your product"),
    ORDER: _("Your order"),
    FEEDBACK: _("Your opinion"),
    CONTACT: _("Your details"),
    REVIEW: _("Check and send"),
}


def steps_of(funnel: Any) -> list[Step]:
    """Return the steps of this funnel in order; what is not asked has no step."""
    left_out = set()
    if funnel.order_number == "none":
        left_out.add(ORDER)
    if not funnel.ask_rating and not funnel.ask_feedback:
        left_out.add(FEEDBACK)
    return [Step(name, title) for name, title in TITLES.items() if name not in left_out]


class Walk:
    """A customer's way through a funnel, judged from the draft of the journey.

    A step is finished when it was sent once and what it holds is still right; so a step cannot be skipped, and a
    product that has left the funnel meanwhile brings the customer back to the first page.
    """

    def __init__(self, funnel: Any, listings: list[Any], draft: Mapping[str, Any] | None) -> None:
        self.funnel = funnel
        self.listings = listings
        self.steps = steps_of(funnel)
        self.typed: dict[str, str] = dict((draft or {}).get("typed", {}))
        self.passed: list[str] = list((draft or {}).get("passed", []))

    @property
    def draft(self) -> dict[str, Any]:
        """Return what is kept on the journey."""
        return {"typed": self.typed, "passed": self.passed}

    @property
    def listing(self) -> Any | None:
        """Return the listing that was chosen, if it is still one of the funnel's."""
        return next((one for one in self.listings if str(one.id) == self.typed.get("listing")), None)

    def form(self, name: str, data: Mapping[str, Any] | None = None) -> forms.StepForm:
        """Return a step's form, bound to what was posted, or to the draft."""
        given = self.typed if data is None else data
        chosen = self.listing
        earlier = {"marketplace": chosen.marketplace if chosen else ""}
        return FORMS[name](self)(given, funnel=self.funnel, earlier=earlier)

    def shown(self, name: str) -> forms.StepForm:
        """Return a step's form for a first look: what was typed earlier, without complaints."""
        form = self.form(name)
        if name in self.passed:
            return form
        return FORMS[name](self)(initial=self.typed, funnel=self.funnel, earlier=form.earlier)

    def keep(self, form: forms.StepForm) -> None:
        """Take what was typed into the draft."""
        self.typed |= form.typed()

    def finished(self, name: str) -> bool:
        """Tell whether a step was sent and still holds."""
        return name in self.passed and self.form(name).is_valid()

    def first_open(self) -> str:
        """Return the first step that is not finished; the review where all are."""
        return next((step.name for step in self.steps if step.name != REVIEW and not self.finished(step.name)), REVIEW)

    def may_open(self, name: str) -> bool:
        """Tell whether everything before this step is finished."""
        return self.index(name) <= self.index(self.first_open())

    def index(self, name: str) -> int:
        """Return a step's place, counted from 0."""
        return next(place for place, step in enumerate(self.steps) if step.name == name)

    def after(self, name: str) -> str:
        """Return the step that follows."""
        return self.steps[self.index(name) + 1].name

    def before(self, name: str) -> str:
        """Return the step before, or "" at the first."""
        place = self.index(name)
        return self.steps[place - 1].name if place else ""

    def answers(self) -> dict[str, Any]:
        """Return the cleaned values of all steps; call it only where every step is finished."""
        found: dict[str, Any] = {}
        for step in self.steps:
            if step.name != REVIEW:
                form = self.form(step.name)
                form.is_valid()
                found |= form.cleaned_data
        return found


def _listing_form(walk: Walk) -> Callable[..., forms.StepForm]:
    choices = [(str(one.id), one.get_marketplace_display()) for one in walk.listings]

    def make(*args: Any, **kwargs: Any) -> forms.StepForm:
        return forms.ListingForm(*args, listings=choices, **kwargs)

    return make


def _contact_form(walk: Walk) -> Callable[..., forms.StepForm]:
    return forms.ShippingForm if walk.funnel.promotion.kind == "physical" else forms.ContactForm


FORMS: dict[str, Callable[[Walk], Callable[..., forms.StepForm]]] = {
    PRODUCT: _listing_form,
    ORDER: lambda _walk: forms.OrderForm,
    FEEDBACK: lambda _walk: forms.FeedbackForm,
    CONTACT: _contact_form,
}
