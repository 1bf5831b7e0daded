"""Addresses that the merchant writes to no more."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging import ordering, selectors, services
from messaging.errors import AddressInvalid
from messaging.filters import SuppressionFilter
from messaging.forms import LiftForm, SuppressForm
from messaging.models import Suppression
from messaging.tables import SuppressionTable
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import StyledForm, invalid
from ui.htmx import dialog_base, vary_on_htmx
from ui.timeline import Fact


class SuppressionList(StaffListView):
    """Who, why, since when."""

    role = Role.VIEWER
    title = _("Suppression list")
    template_name = "messaging/suppressions.html"
    table_class = SuppressionTable
    filterset_class = SuppressionFilter
    sorts = ordering.SUPPRESSIONS
    default_sort = "-since"
    counted = ngettext_lazy("%(shown)s address", "%(shown)s addresses", "number")
    empty_title = _("No address is closed")
    empty_text = _("An address comes here by itself when mail to it bounces for good or somebody complains.")
    empty_icon = "circle-check"

    def get_queryset(self) -> QuerySet[Suppression]:
        """Return the merchant's closed addresses."""
        return selectors.suppressions_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table what its links need."""
        return {"merchant_slug": self.request.merchant.slug, "may_lift": self.request.role >= Role.ADMIN}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the way back to the deliveries."""
        listed = reverse("messaging:list", args=[self.request.merchant.slug])
        crumbs = [(_("Deliveries"), listed), (self.title, "")]
        return dict(super().get_context_data(crumbs=crumbs, **context))


class SuppressionAction(StaffView):
    """One act on the list: GET asks, POST does it once."""

    title: Any = ""
    text: Any = ""
    tone = ""
    form_class: type[StyledForm] = LiftForm

    def perform(self, values: dict[str, Any]) -> None:
        """Call the service and say what was done; may raise AddressInvalid."""
        raise NotImplementedError

    def facts(self) -> list[Fact]:
        """Return what helps to decide."""
        return []

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask."""
        return vary_on_htmx(render(request, "ui/confirm.html", self._context(self.form_class())))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, or say why not."""
        form = self.form_class(request.POST)
        if not form.is_valid():
            return invalid(request, "ui/confirm.html", self._context(form))
        try:
            self.perform(form.cleaned_data)
        except AddressInvalid:
            form.add_error("email", _("This is not an e-mail address."))
            return invalid(request, "ui/confirm.html", self._context(form))
        return self.back_to(self._listed())

    def _listed(self) -> str:
        return reverse("messaging:suppressions", args=[self.request.merchant.slug])

    def _context(self, form: StyledForm) -> dict[str, Any]:
        return {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "text": self.text,
            "facts": self.facts(),
            "form": form,
            "submit_label": self.title,
            "tone": self.tone,
            "cancel_url": self._listed(),
        }


class SuppressionAdd(SuppressionAction):
    """Close an address by hand, because the person asked for it."""

    role = Role.AGENT
    title = _("Write to no more")
    text = _("For somebody who does not want our mail. Nothing is sent to the address any more, gifts included.")
    form_class = SuppressForm

    def perform(self, values: dict[str, Any]) -> None:
        """Close the address."""
        services.suppress(actor=self.actor, now=timezone.now(), **values)
        self.say(_("We do not write to this address any more."))


class SuppressionRemove(SuppressionAction):
    """Write to an address again."""

    role = Role.ADMIN
    title = _("Allow this address again")
    text = _("Do this only if the person told you that the mailbox works again and that they want our mail.")

    def prepare(self) -> None:
        """Find the address."""
        self.row = get_object_or_404(Suppression.objects.all(), pk=uuid.UUID(str(self.kwargs["pk"])))

    def facts(self) -> list[Fact]:
        """Name the address and why it is closed."""
        return [
            Fact(str(_("E-mail")), self.row.email_norm),
            Fact(str(_("Reason")), self.row.get_reason_display()),
        ]

    def perform(self, values: dict[str, Any]) -> None:
        """Take the address off the list."""
        services.lift_suppression(email=self.row.email_norm, actor=self.actor, now=timezone.now(), **values)
        self.say(_("We write to this address again."))
