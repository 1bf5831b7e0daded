"""Funnels: the list with its figures, one funnel with its address, the form."""

import io
import uuid
from typing import Any

import segno
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center.catalogue import selectors
from claims_center.catalogue.filters import FunnelFilter
from claims_center.catalogue.forms import FunnelForm
from claims_center.catalogue.page import funnel_page
from claims_center.catalogue.tables import FunnelTable
from claims_center.catalogue.views.base import CatalogueAction, CatalogueView
from claims_center.catalogue.views.products import new_action
from claims_center.models import Funnel
from claims_center.services import funnels
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import invalid
from ui.listing import Action, ListView, Tab


class FunnelList(StaffView, ListView):
    """The merchant's campaigns and how they do."""

    role = Role.VIEWER
    title = _("Smart Funnels")
    template_name = "catalogue/list.html"
    table_class = FunnelTable
    filterset_class = FunnelFilter
    sorts = {
        "name": "name",
        "state": "state_rank",
        "promotion": "promotion__name",
        "visits": "visits",
        "started": "started",
        "submitted": "submitted",
        "shared": "shared",
        "processed": "processed",
        "created": "created_at",
    }
    default_sort = "-created"
    tabs = (Tab(_("All")), Tab(_("Open"), "state=open"), Tab(_("Draft"), "state=draft"), Tab(_("Ended"), "state=ended"))
    counted = ngettext_lazy("%(shown)s funnel", "%(shown)s funnels", "number")
    empty_title = _("No funnels yet")
    empty_text = _("A funnel is the public page where customers claim their gift.")
    empty_icon = "funnel"

    def get_queryset(self) -> QuerySet[Funnel]:
        """Return the merchant's funnels."""
        return selectors.funnels_for_list(timezone.now())

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table the figures of this page's funnels."""
        slug = self.request.merchant.slug
        return {
            "merchant_slug": slug,
            "figures": selectors.performance_of(row.pk for row in self.page.rows),
            "now": timezone.now(),
            "claims_url": f"/m/{slug}/claims/",
        }

    def get_empty_action(self) -> Action | None:
        """Lead those who may to the form."""
        return new_action(self.request, "funnel_new", _("New funnel"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the button of the page's head."""
        return super().get_context_data(new=self.get_empty_action(), **kwargs)


class FunnelDetail(CatalogueView):
    """A funnel: its figures, its address, what it asks and says."""

    model = Funnel
    role = Role.VIEWER

    def get(self, request: Any, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        funnel = self.find(pk)
        public = request.build_absolute_uri(public_path(request, funnel))
        context = {
            "title": funnel.name,
            "crumbs": [(_("Smart Funnels"), self.at("funnels")), (funnel.name, "")],
            "public_url": public,
            "may_change": self.may_change,
        }
        return render(request, "catalogue/funnel.html", context | funnel_page(funnel, request, timezone.now()))


def public_path(request: Any, funnel: Funnel) -> str:
    """Return the path of the funnel's public page."""
    return reverse("funnel:product", args=[request.merchant.slug, funnel.slug])


class FunnelQr(CatalogueView):
    """The public address as a QR code, for product inserts."""

    model = Funnel
    role = Role.VIEWER

    def get(self, request: Any, pk: uuid.UUID) -> HttpResponse:
        """Draw it; `?download=1` gives it as a file."""
        funnel = self.find(pk)
        out = io.BytesIO()
        code = segno.make(request.build_absolute_uri(public_path(request, funnel)), error="m", micro=False)
        code.save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False)
        response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        if "download" in request.GET:
            response["Content-Disposition"] = f'attachment; filename="{funnel.slug}.svg"'
        return response


class FunnelFormPage(CatalogueView):
    """The form of a funnel."""

    model = Funnel
    role = Role.ADMIN

    def draw(self, funnel: Funnel | None, form: FunnelForm, *, wrong: bool = False) -> HttpResponse:
        """Draw the form."""
        here = self.at("funnel", funnel.pk) if funnel else ""
        name = [(funnel.name, here), (_("Edit"), "")] if funnel else [(_("New"), "")]
        context = {
            "title": _("Edit funnel") if funnel else _("New funnel"),
            "crumbs": [(_("Smart Funnels"), self.at("funnels")), *name],
            "form": form,
            "cancel_url": here or self.at("funnels"),
            "zone": self.request.merchant.time_zone,
        }
        if wrong:
            return invalid(self.request, "catalogue/funnel_form.html", context)
        return render(self.request, "catalogue/funnel_form.html", context)

    def save(self, request: HttpRequest, funnel: Funnel | None) -> HttpResponse:
        """Save what was posted, or show what is wrong."""
        form = FunnelForm(request.POST, funnel=funnel)
        if form.is_valid():
            saved = self.attempt(form, lambda: self.write(funnel, form))
            if saved is not None:
                self.say(_("Saved."))
                return HttpResponseRedirect(self.at("funnel", saved.pk))
        return self.draw(funnel, form, wrong=True)

    def write(self, funnel: Funnel | None, form: FunnelForm) -> Funnel:
        """Call the service."""
        given: dict[str, Any] = {"values": form.values(), "product_ids": form.product_ids()}
        given |= {"actor": self.actor, "now": timezone.now()}
        if funnel is None:
            return funnels.create_funnel(**given)
        return funnels.update_funnel(funnel_id=funnel.pk, **given)


class FunnelNew(FunnelFormPage):
    """A new funnel."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.draw(None, FunnelForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it."""
        return self.save(request, None)


class FunnelEdit(FunnelFormPage):
    """Change a funnel."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form."""
        funnel = self.find(pk)
        return self.draw(funnel, FunnelForm(funnel=funnel))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Change it."""
        return self.save(request, self.find(pk))


class FunnelPublish(CatalogueAction):
    """Put the page on the web."""

    model = Funnel
    title = _("Publish")
    text = _("The page can be opened by everybody, and takes claims in its period.")
    done = _("The funnel is published.")
    icon_name = "globe"
    back = "funnel"

    def perform(self, pk: uuid.UUID) -> None:
        """Publish it, or open it again."""
        funnels.publish_funnel(funnel_id=pk, actor=self.actor, now=timezone.now())


class FunnelClose(CatalogueAction):
    """Take no more claims."""

    model = Funnel
    title = _("Close")
    text = _("From this moment no claim is taken. Claims that are in stay, and their private links go on working.")
    done = _("The funnel is closed.")
    icon_name = "lock"
    tone = "bad"
    back = "funnel"

    def perform(self, pk: uuid.UUID) -> None:
        """Close it."""
        funnels.close_funnel(funnel_id=pk, actor=self.actor, now=timezone.now())
