"""The settings of destinations: the list, one's page with the test of its connection, its forms."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exports.destinations import services
from exports.destinations.filters import DestinationFilter
from exports.destinations.forms import FORMS, DestinationForm
from exports.destinations.tables import ICONS, DestinationTable, test_badge
from exports.destinations.words import facts_of, offered_key
from exports.errors import NotPossible
from exports.models import Destination, DestinationKind
from exports.ordering import DESTINATIONS
from tenancy.lists import StaffListView
from tenancy.views.settings.base import DialogPage, FormPage, SettingsPage
from ui.listing import Tab

LIST = "exports:destinations"


class Destinations(SettingsPage, StaffListView):
    """Where files may go."""

    section = LIST
    title = _("Settings")
    template_name = "exports/destinations/list.html"
    table_class = DestinationTable
    filterset_class = DestinationFilter
    sorts = DESTINATIONS
    default_sort = "name"
    tabs = (Tab(_("All")), Tab(_("In use"), "archived=no"))
    counted = ngettext_lazy("%(shown)s destination", "%(shown)s destinations", "number")
    empty_icon = "server"
    empty_title = _("No destinations yet")
    empty_text = _(
        "Every export can be downloaded. A destination brings it further: to a file server, a storage, people."
    )

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's destinations."""
        found: QuerySet[Any] = Destination.objects.select_related("created_by")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and what time it is."""
        return {"merchant_slug": self.request.merchant.slug, "now": timezone.now()}


class DestinationForms(FormPage):
    """What making and changing have in common."""

    section = LIST
    template_name = "exports/destinations/form.html"
    reauthenticate = True
    known: Destination | None = None
    kind: str

    def make_form(self, data: Any = None) -> DestinationForm:
        """Return the form of the kind."""
        return FORMS[self.kind](data, known=self.known, merchant=self.request.merchant)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, or say what does not go."""
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            found = self.keep(form)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.page(form, status=422)
        self.say(_now("The destination %(name)s is saved. Test its connection now.") % {"name": found.name})
        return HttpResponseRedirect(self.address("exports:destination", found.id))

    def keep(self, form: DestinationForm) -> Destination:
        """Save it with one service call."""
        raise NotImplementedError


class NewDestination(DestinationForms):
    """Make a destination of one of the kinds."""

    title = _("New destination")

    def prepare(self) -> None:
        """Take the kind from the address; 404 for one that there is not."""
        self.kind = self.kwargs["kind"]
        if self.kind not in FORMS:
            raise Http404

    def keep(self, form: DestinationForm) -> Destination:
        """Make it."""
        return services.create(
            kind=self.kind,
            name=form.cleaned_data["name"],
            settings=form.facts(),
            secret=form.secret(),
            user=self.request.user,
            now=timezone.now(),
        )

    def more(self) -> dict[str, Any]:
        """Offer the other kinds beside it."""
        kinds = [
            {
                "label": str(kind.label),
                "url": self.address("exports:destination_new", kind.value),
                "active": kind.value == self.kind,
                "icon": ICONS[kind],
            }
            for kind in DestinationKind
        ]
        return {"kinds": kinds, "cancel_url": self.address(LIST)}


class EditDestination(DestinationForms):
    """Change a destination."""

    title = _("Change the destination")

    def prepare(self) -> None:
        """Find it; 404 for another merchant's and for an archived one."""
        self.known = get_object_or_404(Destination, id=self.kwargs["pk"], archived_at__isnull=True)
        self.kind = self.known.kind

    def keep(self, form: DestinationForm) -> Destination:
        """Change it."""
        return services.change(
            destination_id=self.kwargs["pk"],
            name=form.cleaned_data["name"],
            settings=form.facts(),
            secret=form.secret(),
            actor=self.actor,
            now=timezone.now(),
        )

    def more(self) -> dict[str, Any]:
        """Lead back to its page."""
        return {"cancel_url": self.address("exports:destination", self.kwargs["pk"])}


class DestinationPage(SettingsPage):
    """One destination: what is set, and whether it works. `?part` answers with the test alone."""

    section = LIST

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Draw it."""
        found: Destination = get_object_or_404(Destination.objects.select_related("created_by"), id=pk)
        now = timezone.now()
        context = self.get_context_data(
            title=found.name,
            destination=found,
            facts=facts_of(found),
            badge=test_badge(found, now=now),
            offered=offered_key(found),
            poll_url=f"{request.path}?part=1" if found.is_being_tested(at=now) else "",
            crumbs=[(_now("Destinations"), self.address(LIST)), (found.name, "")],
        )
        part = "exports/destinations/test.html" if "part" in request.GET else "exports/destinations/page.html"
        return render(request, part, context)


class DestinationAct(SettingsPage):
    """An act on a destination that leads back to its page."""

    section = LIST

    def prepare(self) -> None:
        """Find it; 404 for another merchant's."""
        self.found: Destination = get_object_or_404(Destination, id=self.kwargs["pk"])

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        try:
            self.act(self.found)
        except NotPossible as refusal:
            self.warn(str(refusal))
        return HttpResponseRedirect(self.address("exports:destination", pk))

    def act(self, found: Destination) -> None:
        """Do it with one service call."""
        raise NotImplementedError


class TestDestination(DestinationAct):
    """Test the connection."""

    def act(self, found: Destination) -> None:
        """Have a job test it."""
        services.ask_test(destination_id=found.id, actor=self.actor, now=timezone.now())


class ConfirmKey(DestinationAct):
    """Confirm the host key that was shown."""

    reauthenticate = True

    def act(self, found: Destination) -> None:
        """Pin the key that the person looked at."""
        key = self.request.POST.get("key", "")
        services.confirm_key(destination_id=found.id, key=key, actor=self.actor, now=timezone.now())


class ArchiveDestination(DialogPage):
    """Take a destination out of use."""

    section = LIST
    title = _("Archive the destination")
    submit_label = _("Archive")
    tone = "bad"
    text = _("Its password or key is forgotten at once. Exports that go there fail from now on, and say so.")

    def prepare(self) -> None:
        """Find it; 404 for another merchant's."""
        self.known = get_object_or_404(Destination, id=self.kwargs["pk"])

    def save(self, form: Any) -> HttpResponse:
        """Archive it."""
        found = services.archive(destination_id=self.kwargs["pk"], actor=self.actor, now=timezone.now())
        self.say(_now("The destination %(name)s is archived.") % {"name": found.name})
        return HttpResponseRedirect(reverse(LIST, args=[self.request.merchant.slug]))
