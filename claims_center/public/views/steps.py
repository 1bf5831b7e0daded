"""The pages with fields."""

from typing import Any

from django.http import HttpResponse

from claims_center.models import Step
from claims_center.public import guard, pages, words
from claims_center.public.forms import StepForm
from claims_center.public.steps import CONTACT, FEEDBACK, ORDER, PRODUCT
from claims_center.public.views.base import FunnelView
from claims_center.services import journeys, reminders

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
            if not self.walk.listings:
                return self.sentence(words.nothing_to_choose())
            if not guard.is_machine(request):
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
        return self.passed(form)

    def passed(self, form: StepForm) -> HttpResponse:
        """Note that the step is done, and whether a reminder is wanted, and go on."""
        self.walk.passed = sorted({*self.walk.passed, self.step})
        self.save(REACHED.get(self.step))
        if self.step == CONTACT and self.journey is not None:
            wanted = bool(form.cleaned_data.get("remind"))
            reminders.wish(journey=self.journey, funnel=self.funnel, wanted=wanted, now=self.now)
        return self.go(self.walk.after(self.step))

    def save(self, reached: Step | None = None) -> None:
        """Keep the draft, and which product it is about."""
        if self.journey is not None:
            listing = self.walk.listing if reached == Step.STARTED else None
            kept: dict[str, Any] = {"reached": reached, "product_id": listing.product_id if listing else None}
            journeys.keep_draft(journey=self.journey, draft=self.walk.draft, now=self.now, **kept)

    def leave(self, name: str, notice: str = "") -> HttpResponse:
        """Keep the draft and go to another step."""
        self.save()
        return self.go(name, notice)

    def stale(self) -> HttpResponse:
        """Show the form again with what was typed; nothing was changed by it."""
        return self.page(self.walk.form(self.step, self.request.POST), status=403, notice=words.STALE)

    def page(self, form: StepForm, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the step."""
        page = pages.Page(self.walk, self.step, form, self.request.merchant, self.url)
        return self.show("step", pages.context_of(page) | more, status)
