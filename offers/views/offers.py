"""The catalogue of offers: the list, one offer with its tabs, its form, what can be done with it."""

import uuid
from typing import Any, ClassVar, cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from offers import offer_page, selectors
from offers.catalogue_forms import OfferForm
from offers.errors import Refused
from offers.filters import OfferFilter
from offers.models import Offer
from offers.ordering import left, size_of_benefit, standing, times_issued
from offers.services import catalogue
from offers.tables import OfferTable
from offers.triggers import OFFERS
from offers.views.responses import ResponseList
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from triggers.page import card
from ui.bulk import signed
from ui.forms import invalid
from ui.listing import Action, Tab
from ui.sorting import Made


class OfferList(StaffListView):
    """All offers, with how many responses each has."""

    role = Role.VIEWER
    title = _("Offers")
    template_name = "offers/offers.html"
    table_class = OfferTable
    filterset_class = OfferFilter
    dataset = "offers"
    sorts = {
        "name": "name",
        "type": "offer_type",
        "benefit": size_of_benefit(),
        "responses": Made(times_issued),
        "left": Made(left),
        "created": "created_at",
        "state": Made(standing),
    }
    default_sort = "-created"
    tabs = (
        Tab(_("All")),
        Tab(_("In use"), "archived=no"),
        Tab(_("Drafts"), "published=no&archived=no"),
        Tab(_("Archived"), "archived=yes"),
    )
    counted = ngettext_lazy("%(shown)s offer", "%(shown)s offers", "number")
    empty_title = _("No offers yet")
    empty_text = _(
        "An offer is what members claim or are given, and use at the till: money off, a free item, more points."
    )
    empty_icon = "megaphone"

    def get_queryset(self) -> QuerySet[Offer]:
        """Return the merchant's offers."""
        found: QuerySet[Offer] = Offer.objects.all()
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Count the responses of this page's offers."""
        ids = [offer.pk for offer in self.page.rows]
        return {
            "merchant_slug": self.request.merchant.slug,
            "now": timezone.now(),
            "zone": timezone.get_current_timezone(),
            "counts": selectors.times_issued(ids),
            "taken": selectors.taken_of(ids),
        }

    def get_empty_action(self) -> Action | None:
        """Offer to make the first one."""
        may = self.request.role >= Role.ADMIN
        return Action(_("New offer"), reverse("offers:offer_new", args=[self.request.merchant.slug])) if may else None


class OfferView(StaffView):
    """What the pages of one offer share."""

    def at(self, name: str, *args: Any) -> str:
        """Return an address of this room."""
        return reverse(f"offers:{name}", args=[self.request.merchant.slug, *args])

    def offer(self, offer_id: uuid.UUID) -> Offer:
        """Return the offer, or answer 404."""
        found: Offer = get_object_or_404(Offer, id=offer_id)
        return found

    def crumbs(self, *more: tuple[Any, str]) -> list[tuple[Any, str]]:
        """Return the way here."""
        return [(_("Offers"), self.at("offers")), *more]

    def facts_for_service(self) -> dict[str, Any]:
        """Return who does it, and when."""
        return {"actor": self.actor, "now": timezone.now()}


class OfferResponses(ResponseList):
    """The responses of one offer: the list of all, narrowed, under the offer's tabs."""

    role = Role.VIEWER
    list_name = "offers:offer"
    template_name = "offers/offer_responses.html"
    tabs = ()

    def get_queryset(self) -> QuerySet[Any]:
        """Return the offer's responses."""
        return super().get_queryset().filter(offer_id=self.kwargs["offer_id"])

    def export_state(self) -> str:
        """Return what is shown, the offer among it: an export stands for itself."""
        return f"{super().export_state()}&offer={self.kwargs['offer_id']}"

    def get_table_kwargs(self) -> dict[str, Any]:
        """Carry no place along: the page of a response knows its neighbours in the list of all alone."""
        return super().get_table_kwargs() | {"place": ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the offer's head and tabs."""
        offer: Offer = get_object_or_404(Offer, id=self.kwargs["offer_id"])
        head = offer_page.head(offer, now=timezone.now(), zone=timezone.get_current_timezone())
        crumbs = [(_("Offers"), reverse("offers:offers", args=[self.request.merchant.slug])), (offer.name, "")]
        context = super().get_context_data(**kwargs)
        pages = offer_page.tabs("responses", responses=str(context["total"]))
        return context | head | {"pages": pages, "crumbs": crumbs, "bulk_query": signed(self._query(offer))}

    def _query(self, offer: Offer) -> str:
        """Return the filters that name what is shown here among all responses: this offer's alone."""
        data = QueryDict(self.filterset.query_string(), mutable=True)
        data["offer"] = str(offer.id)
        return data.urlencode()


class OfferPage(OfferView):
    """One offer: Details, Responses, Performance."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Show the tab that was asked for; what only lists know of belongs to the responses."""
        chosen = request.GET.get("tab", "responses" if request.GET else "")
        if chosen == "responses":
            return cast("HttpResponse", OfferResponses.as_view()(request, offer_id=offer_id))
        offer, slug = self.offer(offer_id), self.request.merchant.slug
        now, zone = timezone.now(), timezone.get_current_timezone()
        is_performance = chosen == "performance"
        count = selectors.times_issued([offer.id])[offer.id]
        context = offer_page.head(offer, now=now, zone=zone) | {
            "pages": offer_page.tabs("performance" if is_performance else "", responses=count),
            "crumbs": self.crumbs((offer.name, "")),
        }
        if is_performance:
            context |= offer_page.performance(offer, now=now, zone=zone)
            return render(request, "offers/performance.html", context)
        return render(
            request, "offers/offer.html", context | offer_page.details(offer, slug=slug) | self._triggers(offer)
        )

    def _triggers(self, offer: Offer) -> dict[str, Any]:
        addresses = ("offers:offer_triggers", "offers:offer_trial")
        merchant = self.request.merchant
        return card(
            target=OFFERS, subject_id=offer.id, addresses=addresses, slug=merchant.slug, currency=merchant.currency
        )


class OfferNew(OfferView):
    """A new offer."""

    role = Role.ADMIN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return render(request, "ui/form_page.html", self._context(self._form()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it."""
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return invalid(request, "ui/form_page.html", self._context(form))
        offer = catalogue.create_offer(values=form.values(), **self.facts_for_service())
        self.say(_("The offer was made. Members see it once you publish it."))
        return HttpResponseRedirect(self.at("offer", offer.id))

    def _form(self, *data: Any) -> OfferForm:
        return OfferForm(*data, currency=self.request.merchant.currency)

    def _context(self, form: OfferForm) -> dict[str, Any]:
        here = self.crumbs((_("New offer"), ""))
        return {"title": _("New offer"), "form": form, "cancel_url": self.at("offers"), "crumbs": here}


class OfferEdit(OfferView):
    """Change an offer."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Show the form."""
        offer = self.offer(offer_id)
        form = OfferForm(instance=offer, currency=self.request.merchant.currency)
        return render(request, "ui/form_page.html", self._context(offer, form))

    def post(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Save it, unless somebody else did meanwhile."""
        given = {"instance": self.offer(offer_id), "currency": self.request.merchant.currency}
        form = OfferForm(request.POST, request.FILES, **given)
        if not form.is_valid():
            return invalid(request, "ui/form_page.html", self._context(self.offer(offer_id), form))
        version = form.cleaned_data["version"] or 0
        try:
            catalogue.update_offer(offer_id=offer_id, values=form.values(), version=version, **self.facts_for_service())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return invalid(request, "ui/form_page.html", self._context(self.offer(offer_id), form))
        self.say(_("Saved."))
        return HttpResponseRedirect(self.at("offer", offer_id))

    def _context(self, offer: Offer, form: OfferForm) -> dict[str, Any]:
        here = self.crumbs((offer.name, self.at("offer", offer.id)), (_("Edit"), ""))
        title = _("Edit %(offer)s") % {"offer": offer.name}
        return {"title": title, "form": form, "cancel_url": self.at("offer", offer.id), "crumbs": here}


class OfferAct(OfferView):
    """A button on an offer's page; a subclass says what it does and what is said afterwards."""

    role = Role.ADMIN
    said: ClassVar[Any] = ""

    def perform(self, offer: Offer) -> Offer:
        """Call the service; return the offer whose page comes next."""
        raise NotImplementedError

    def next_page(self, offer: Offer) -> str:
        """Return where it goes on."""
        return self.at("offer", offer.id)

    def post(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Do it."""
        offer = self.offer(offer_id)
        try:
            with transaction.atomic():
                offer = self.perform(offer)
        except Refused as refusal:
            self.warn(refusal.sentence)
            return HttpResponseRedirect(self.at("offer", offer_id))
        self.say(self.said)
        return HttpResponseRedirect(self.next_page(offer))


class OfferPublish(OfferAct):
    """Let members see it."""

    role = Role.ADMIN
    said = _("The offer is published.")

    def perform(self, offer: Offer) -> Offer:
        """Publish it."""
        return catalogue.publish_offer(offer_id=offer.id, **self.facts_for_service())


class OfferUnpublish(OfferAct):
    """Take it out of sight."""

    role = Role.ADMIN
    said = _("Members do not see the offer any more. Its responses stay as they are.")

    def perform(self, offer: Offer) -> Offer:
        """Take it back."""
        return catalogue.unpublish_offer(offer_id=offer.id, **self.facts_for_service())


class OfferArchive(OfferAct):
    """Take it out of the catalogue."""

    role = Role.ADMIN
    said = _("The offer was archived.")

    def perform(self, offer: Offer) -> Offer:
        """Archive it."""
        return catalogue.archive_offer(offer_id=offer.id, archived=True, **self.facts_for_service())


class OfferRestore(OfferAct):
    """Bring it back."""

    role = Role.ADMIN
    said = _("The offer is back in the catalogue.")

    def perform(self, offer: Offer) -> Offer:
        """Bring it back."""
        return catalogue.archive_offer(offer_id=offer.id, archived=False, **self.facts_for_service())


class OfferClone(OfferAct):
    """Make another one like it."""

    role = Role.ADMIN
    said = _("The offer was cloned. Members see it once you publish it. Its triggers, if it has any, are switched off.")

    def perform(self, offer: Offer) -> Offer:
        """Make it."""
        return catalogue.clone_offer(offer_id=offer.id, op_key=uuid.uuid4(), **self.facts_for_service())

    def next_page(self, offer: Offer) -> str:
        """Open the form of the new one."""
        return self.at("offer_edit", offer.id)
