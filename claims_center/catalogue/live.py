"""A funnel's pages as they would be with what stands in its form: nothing is saved, counted or claimed."""

import copy
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from claims_center.catalogue.forms.funnels import COLUMNS, FunnelForm, example_products
from claims_center.models import Funnel, Listing, Product, Promotion, PromotionKind, Source
from claims_center.public import pages
from claims_center.public.brand import face
from claims_center.public.review import lines
from claims_center.public.selectors import listings_among
from claims_center.public.steps import FORMS, REVIEW, Walk
from tenancy.branding import LIGHT_GROUND, readable_on
from tenancy.ids import new_id

SUBMITTED = "submitted"
AUTO_ID = "seen_%s"
# What somebody might have typed; nobody's real data.
TYPED = {
    "order_number": "112-7391030-0042617",
    "rating": "4",
    "feedback": _lazy("Easy to use, and well packed."),
    "first_name": "Robin",
    "last_name": "Miller",
    "email": "robin@example.com",
    "street": "Main Street",
    "house_number": "12",
    "postal_code": "97205",
    "city": "Portland",
    "country": "US",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of the preview: its name, its title, the template that draws it, and what that needs."""

    name: str
    title: Any
    template: str
    context: dict[str, Any]

    @property
    def body(self) -> SafeString:
        """Return the page, drawn without a request: it has no form that could be sent."""
        return render_to_string(self.template, self.context)


class Live:
    """The pages of one form's funnel, drawn when they are asked for."""

    def __init__(self, form: FunnelForm, merchant: Any) -> None:
        self.merchant = merchant
        self.funnel, products = draft_of(form)
        self.walk = Walk(self.funnel, listings_among(products), {})
        self.names = [step.name for step in self.walk.steps] + [SUBMITTED]

    def page(self, name: str) -> Shown:
        """Return the page of this name, the first one for a name that is none of them."""
        name = name if name in self.names else self.names[0]
        if name == SUBMITTED:
            return self._submitted()
        step = self.walk.steps[self.walk.index(name)]
        shown = self._review if name == REVIEW else self._step
        template = "funnel/parts/review.html" if name == REVIEW else "funnel/parts/step.html"
        return Shown(name, step.title, template, self._face() | shown(name))

    def tabs(self, now: str) -> list[dict[str, Any]]:
        """Return every page with its title, and which one is shown."""
        titles = {step.name: step.title for step in self.walk.steps} | {SUBMITTED: _("Claim submitted")}
        return [{"name": name, "label": titles[name], "active": name == now} for name in self.names]

    def accent_note(self) -> str:
        """Say which colour is used where the chosen one is too pale to be read."""
        accent = self.funnel.accent
        used = readable_on(accent, LIGHT_GROUND) if accent else ""
        if used == accent:
            return ""
        words = _("%(accent)s is hard to read on white, so pages use %(used)s.")
        return words % {"accent": accent, "used": used}

    def _face(self) -> dict[str, Any]:
        found: dict[str, Any] = {"preview": True, "funnel": self.funnel, "merchant": self.merchant, "notice": ""}
        found["logo_url"] = face(self.funnel, self.merchant).get("logo_url", "")
        return found

    def _step(self, name: str) -> dict[str, Any]:
        listing = self.walk.listings[0] if self.walk.listings else None
        if listing is not None:
            self.walk.typed["listing"] = str(listing.id)
        earlier = {"marketplace": listing.marketplace if listing else ""}
        form = FORMS[name](self.walk)(funnel=self.funnel, earlier=earlier, auto_id=AUTO_ID)
        return pages.context_of(pages.Page(self.walk, name, form, self.merchant, lambda _name: "#"))

    def _review(self, name: str) -> dict[str, Any]:
        typed = TYPED | {"feedback": str(TYPED["feedback"])}
        listing = self.walk.listings[0] if self.walk.listings else None
        walk = Walk(self.funnel, self.walk.listings, {"typed": typed | {"listing": str(listing.id) if listing else ""}})
        page = pages.Page(walk, name, walk.form(walk.steps[0].name), self.merchant)
        return {
            "step": walk.steps[-1],
            "step_number": len(walk.steps),
            "step_total": len(walk.steps),
            "heading": page.say("review_prompt"),
            "lines": lines(walk, lambda _name: "#"),
        }

    def _submitted(self) -> Shown:
        listing = self.walk.listings[0] if self.walk.listings else Listing(marketplace="amazon")
        example = reverse("funnel:track", args=[f"{self.merchant.public_id}.…"])
        context = pages.submitted_context(self.funnel, self.merchant) | {
            "listing": listing,
            "feedback": TYPED["feedback"] if self.funnel.ask_feedback else "",
            "tracker_url": example,
        }
        return Shown(SUBMITTED, _("Claim submitted"), "funnel/parts/submitted.html", self._face() | context)


def draft_of(form: FunnelForm) -> tuple[Funnel, list[Product]]:
    """Return the funnel as the form has it, unsaved; what is wrong there keeps its saved value, or ours."""
    form.is_valid()
    given = form.cleaned_data if form.is_bound else {}
    funnel = copy.copy(form.funnel) if form.funnel else Funnel.made_with(id=new_id(), name=_("Your funnel"))
    for name in COLUMNS:
        if name in given and (given[name] or name != "name"):
            setattr(funnel, name, given[name])
    if form.is_bound:
        for name, value in form.words().items():
            setattr(funnel, name, value)
        funnel.promotion = given.get("promotion") or _promotion_of(form.funnel)
    elif form.funnel is None:
        funnel.promotion = _promotion_of(None)
    if given.get("no_logo"):
        funnel.logo = ""
    return funnel, form.picker.chosen or example_products()


def _promotion_of(funnel: Funnel | None) -> Promotion:
    if funnel is not None:
        found: Promotion = funnel.promotion
        return found
    values = {"kind": PromotionKind.DIGITAL, "source": Source.FIXED, "fixed_code": "-"}
    return Promotion.made_with(name=_("Your promotion"), **values)
