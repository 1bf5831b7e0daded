"""What the steps of a funnel show: the same for the customer's page and for the builder's preview of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from claims_center.models import Funnel
from claims_center.public import selectors, words
from claims_center.public.forms import FeedbackForm, ShippingForm, StepForm
from claims_center.public.help import help_for
from claims_center.public.steps import CONTACT, FEEDBACK, ORDER, PRODUCT, Walk
from claims_center.wording import own, say

# From so many places on, a box to find one in helps.
MANY = 12


@dataclass(frozen=True, slots=True)
class Page:
    """One step about to be drawn; `url_of` names the addresses of the other steps."""

    walk: Walk
    name: str
    form: StepForm
    merchant: Any
    url_of: Callable[[str], str] = field(default=lambda _name: "")

    @property
    def funnel(self) -> Funnel:
        """Return the funnel whose page it is."""
        found: Funnel = self.walk.funnel
        return found

    def say(self, name: str) -> str:
        """Return the words of this name."""
        return say(self.funnel, name, self.merchant)


def context_of(page: Page) -> dict[str, Any]:
    """Return everything that `funnel/parts/step.html` draws."""
    walk = page.walk
    place = walk.index(page.name) if page.name in [step.name for step in walk.steps] else 0
    before = walk.before(walk.steps[place].name)
    shared = {
        "form": page.form,
        "step": walk.steps[place],
        "step_number": place + 1,
        "step_total": len(walk.steps),
        "step_template": f"funnel/steps/{page.name}.html",
        "here": page.url_of(page.name),
        "previous_url": page.url_of(before) if before else "",
        "first": page.name == PRODUCT,
    }
    return shared | EXTRA[page.name](page)


def _product(page: Page) -> dict[str, Any]:
    chosen = page.form["listing"].value() or ""
    products = selectors.cards(page.walk.listings, str(chosen))
    for card in products:
        card.image = reverse("media", args=[page.merchant.slug, card.image]) if card.image else ""
    return {
        "products": products,
        "findable": len(products) > MANY,
        "headline": page.say("headline"),
        "intro": page.say("intro"),
        "gift": words.gift(page.funnel.promotion),
        "terms": page.say("terms"),
    }


def _order(page: Page) -> dict[str, Any]:
    listing = page.walk.listing
    return {
        "heading": page.say("order_prompt"),
        "note": page.say("order_note"),
        "listing": listing,
        "order_help": help_for(listing.marketplace if listing else ""),
    }


def _feedback(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = {"heading": page.say("feedback_prompt"), "stars": []}
    if "rating" in page.form.fields:
        chosen = str(page.form["rating"].value() or "")
        choices = sorted(FeedbackForm.base_fields["rating"].choices)  # type: ignore[attr-defined]
        found["stars"] = [
            {"value": value, "label": label, "chosen": str(value) == chosen} for value, label in choices if value
        ]
    return found


def _contact(page: Page) -> dict[str, Any]:
    form = page.form
    return {
        "heading": page.say("contact_prompt"),
        "note": page.say("contact_note"),
        "fields_contact": [form[name] for name in ("first_name", "last_name", "email", "phone")],
        "fields_address": [form[name] for name in ShippingForm.ADDRESS if name in form.fields],
    }


EXTRA: dict[str, Callable[[Page], dict[str, Any]]] = {
    PRODUCT: _product,
    ORDER: _order,
    FEEDBACK: _feedback,
    CONTACT: _contact,
}


def submitted_context(funnel: Funnel, merchant: Any) -> dict[str, Any]:
    """Return the merchant's words on the page after the claim."""
    return {"title": say(funnel, "submitted_title", merchant), "thanks": say(funnel, "thanks", merchant)}


def closed_note(funnel: Funnel) -> str:
    """Return what the merchant adds where a page takes no claims."""
    return own(funnel, "closed_note")
