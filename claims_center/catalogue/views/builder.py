"""The builder of a funnel: its form in sections, the picker of its products, its pages as they would be."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_center.catalogue.building import builder_page, changed_meanwhile
from claims_center.catalogue.forms import FunnelForm
from claims_center.catalogue.forms.picker import is_pressed, press
from claims_center.catalogue.live import Live
from claims_center.catalogue.views.base import CatalogueView
from claims_center.errors import EditedMeanwhile
from claims_center.models import Funnel
from claims_center.public.brand import scoped_stylesheet
from claims_center.services import funnels
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.htmx import is_fragment, vary_on_htmx

PICKER, PREVIEW = "picker", "preview"
SCOPE = ".preview-page"


class FunnelFormPage(CatalogueView):
    """The form of a funnel."""

    model = Funnel
    role = Role.ADMIN

    def form_of(self, funnel: Funnel | None, *args: Any, **kwargs: Any) -> FunnelForm:
        """Return the form."""
        return FunnelForm(*args, funnel=funnel, merchant=self.request.merchant, **kwargs)

    def draw(self, funnel: Funnel | None, form: FunnelForm, status: int = 200) -> HttpResponse:
        """Draw the builder."""
        here = self.at("funnel", funnel.pk) if funnel else ""
        context = builder_page(self.request, funnel, form, here or self.at("funnels"))
        preview = self.at("funnel_preview", funnel.pk) if funnel else self.at("funnel_preview_new")
        return render(self.request, "catalogue/builder.html", context | {"preview_url": preview}, status=status)

    def save(self, request: HttpRequest, funnel: Funnel | None) -> HttpResponse:
        """Save what was posted, or show what is wrong; a button of the picker only changes the choice."""
        if is_pressed(request.POST):
            return self.pick(request, funnel)
        form = self.form_of(funnel, request.POST, request.FILES)
        if form.is_valid():
            saved = self.attempt(form, lambda: self.write(funnel, form))
            if saved is not None:
                self.say(_("Saved."))
                return HttpResponseRedirect(self.at("funnel", saved.pk))
        return self.draw(funnel, form, status=422)

    def pick(self, request: Any, funnel: Funnel | None) -> HttpResponse:
        """Change the choice of products; everything else stays as it was typed, and nothing is judged yet."""
        form = self.form_of(funnel, request.POST, chosen=press(request.POST))
        if is_fragment(request, PICKER):
            return vary_on_htmx(render(request, "catalogue/parts/picker.html", {"picker": form.picker}))
        return self.draw(funnel, form.unjudged())

    def write(self, funnel: Funnel | None, form: FunnelForm) -> Funnel:
        """Call the service."""
        given: dict[str, Any] = {"values": form.values(), "product_ids": form.product_ids()}
        given |= {"actor": self.actor, "now": timezone.now()}
        if funnel is None:
            return funnels.create_funnel(**given)
        try:
            return funnels.update_funnel(funnel_id=funnel.pk, version=form.cleaned_data["version"], **given)
        except EditedMeanwhile as refusal:
            raise EditedMeanwhile(changed_meanwhile(funnel, form)) from refusal


class FunnelNew(FunnelFormPage):
    """A new funnel."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.draw(None, self.form_of(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it."""
        return self.save(request, None)


class FunnelEdit(FunnelFormPage):
    """Change a funnel."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form."""
        funnel = self.find(pk)
        return self.draw(funnel, self.form_of(funnel))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Change it."""
        return self.save(request, self.find(pk))


class FunnelPreview(FunnelFormPage):
    """The pages that the form would make: one beside the form, or all of them on a page of their own."""

    http_method_names = ["post", "options"]

    def post(self, request: Any, pk: uuid.UUID | None = None) -> HttpResponse:
        """Draw them; nothing is saved."""
        form = self.form_of(self.find(pk) if pk else None, request.POST)
        live = Live(form, request.merchant)
        if is_fragment(request, PREVIEW):
            shown = live.page(request.POST.get("preview_step", ""))
            context = {"live": live, "shown": shown, "tabs": live.tabs(shown.name), "preview_url": request.path}
            return vary_on_htmx(render(request, "catalogue/parts/preview.html", context))
        shown_pages = [live.page(name) for name in live.names]
        return render(request, "catalogue/preview.html", {"live": live, "pages": shown_pages})


class FunnelColours(StaffView):
    """The colours of a funnel in the making, for its preview alone."""

    role = Role.ADMIN

    def get(self, request: Any) -> HttpResponse:
        """Answer the stylesheet; what is no colour has none."""
        accent = request.GET.get("accent", "")
        is_colour = FunnelForm.base_fields["accent"].validators[0].regex.match(accent)  # type: ignore[attr-defined]
        text = scoped_stylesheet(accent.lower(), SCOPE) if is_colour else ""
        return HttpResponse(text, content_type="text/css; charset=utf-8")
