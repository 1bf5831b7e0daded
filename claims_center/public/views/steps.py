"""The pages with fields."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from claims_center.models import Step
from claims_center.public import selectors, words
from claims_center.public.forms import FeedbackForm, ShippingForm, StepForm
from claims_center.public.help import help_for
from claims_center.public.steps import CONTACT, FEEDBACK, ORDER, PRODUCT
from claims_center.public.views.base import FunnelView
from claims_center.services import journeys

HEADINGS = {
    ORDER: _("Which order was it?"),
    FEEDBACK: _("How was it?"),
    CONTACT: _("Who gets the gift?"),
}
REACHED = {PRODUCT: Step.STARTED, ORDER: Step.ORDER, FEEDBACK: Step.FEEDBACK}


class StepView(FunnelView):
    """One step: shows its fields, keeps what was typed whatever happens, and goes on where it is right."""

    step = PRODUCT

    def get(self, request: Any) -> HttpResponse:
        """Show the step; the first one begins the journey."""
        if self.claim is not None:
            return self.go("submitted")
        if self.journey is None:
            if self.step != PRODUCT:
                return self.go(PRODUCT, "first")
            if not is_prefetch(request):
                self.begin()
        if not self.walk.may_open(self.step):
            return self.go(self.walk.first_open(), "first")
        if self.step == CONTACT and self.journey is not None:
            journeys.keep_draft(journey=self.journey, draft=self.walk.draft, now=self.now, reached=Step.CONTACT)
        return self.page(self.walk.shown(self.step))

    def post(self, request: Any) -> HttpResponse:
        """Keep what was typed, then go back, go on, or show what is wrong."""
        if self.claim is not None:
            return self.go("submitted")
        is_new = self.journey is None
        if is_new and self.begin() is None:
            return self.too_many(60)
        form = self.walk.form(self.step, request.POST)
        self.walk.keep(form)
        if "back" in request.POST:
            return self.leave(self.walk.before(self.step) or PRODUCT)
        if not self.walk.may_open(self.step):
            return self.leave(self.walk.first_open(), "again" if is_new else "first")
        if not form.is_valid():
            self.save()
            return self.page(form, status=422)
        self.walk.passed = sorted({*self.walk.passed, self.step})
        return self.leave(self.walk.after(self.step), reached=REACHED.get(self.step))

    def save(self, reached: Step | None = None) -> None:
        """Keep the draft."""
        if self.journey is not None:
            journeys.keep_draft(journey=self.journey, draft=self.walk.draft, now=self.now, reached=reached)

    def leave(self, name: str, notice: str = "", reached: Step | None = None) -> HttpResponse:
        """Keep the draft and go to another step."""
        self.save(reached)
        return self.go(name, notice)

    def stale(self) -> HttpResponse:
        """Show the form again with what was typed; nothing was changed by it."""
        return self.page(self.walk.form(self.step, self.request.POST), status=403, notice=words.STALE)

    def page(self, form: StepForm, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the step."""
        walk = self.walk
        place = walk.index(self.step) if self.step in [step.name for step in walk.steps] else 0
        before = walk.before(walk.steps[place].name)
        context = {
            "form": form,
            "step": walk.steps[place],
            "step_number": place + 1,
            "step_total": len(walk.steps),
            "step_template": f"funnel/steps/{self.step}.html",
            "here": self.url(self.step),
            "previous_url": self.url(before) if before else "",
            "first": self.step == PRODUCT,
            "heading": HEADINGS.get(self.step, ""),
        }
        return self.show("step", context | EXTRA[self.step](self, form) | more, status)


def is_prefetch(request: Any) -> bool:
    """Tell whether a browser or a link preview looks ahead without anybody reading."""
    purpose = f"{request.headers.get('Sec-Purpose', '')}{request.headers.get('Purpose', '')}"
    return request.method == "HEAD" or "prefetch" in purpose


def _product(view: StepView, form: StepForm) -> dict[str, Any]:
    slug = view.request.merchant.slug
    chosen = form["listing"].value() or ""
    products = selectors.cards(view.walk.listings, str(chosen))
    for card in products:
        card.image = reverse("funnel:image", args=[slug, card.image]) if card.image else ""
    funnel = view.funnel
    return {
        "products": products,
        "headline": funnel.headline or funnel.name,
        "intro": funnel.intro,
        "gift": words.gift(funnel.promotion),
        "terms": funnel.terms,
    }


def _order(view: StepView, form: StepForm) -> dict[str, Any]:
    listing = view.walk.listing
    return {"listing": listing, "order_help": help_for(listing.marketplace if listing else "")}


def _feedback(view: StepView, form: StepForm) -> dict[str, Any]:
    chosen = str(form["rating"].value() or "")
    choices = sorted(FeedbackForm.base_fields["rating"].choices)  # type: ignore[attr-defined]
    stars = [{"value": value, "label": label, "chosen": str(value) == chosen} for value, label in choices if value]
    return {"stars": stars, "heading": view.funnel.feedback_prompt or HEADINGS[FEEDBACK]}


def _contact(view: StepView, form: StepForm) -> dict[str, Any]:
    address = [form[name] for name in ShippingForm.ADDRESS if name in form.fields]
    return {
        "fields_contact": [form[name] for name in ("first_name", "last_name", "email", "phone")],
        "fields_address": address,
    }


EXTRA = {PRODUCT: _product, ORDER: _order, FEEDBACK: _feedback, CONTACT: _contact}
