"""Giving an offer to many members: whom, preview, progress, results, undo. The latter are pages of `jobs.bulk`."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from jobs.bulk import results, views
from jobs.bulk.filters import act_filter, row_filter
from jobs.bulk.kit import Kit
from jobs.bulk.ordering import act_sorts
from jobs.bulk.tables import ActTable, RowTable
from offers import badges, benefits
from offers.assigning import drafting
from offers.assigning.kit import ASSIGNMENTS
from offers.bulk.ordering import member_sorts
from offers.errors import Refused
from offers.forms import AssignChosenForm, AssignForm, HowForm
from offers.models import Assignment, AssignmentRow, Offer, OfferResponse
from offers.selectors import published_offers
from offers.states import Status
from offers.usage import status_of
from offers.views.offers import OfferView
from tenancy.imports.contract import FileRefused
from tenancy.roles import Role
from tenancy.views import StaffView
from ui import cells
from ui.bulk import BadSelection, Selection
from ui.forms import invalid
from ui.sorting import begin_of
from ui.tables import Column

NOBODY = str(uuid.UUID(int=0))


class Assign(OfferView):
    """Whom an offer is given to, and how."""

    role = Role.ADMIN
    title = _("Assign to members")

    def get(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        return render(request, "offers/assign.html", self._context(self.offer(offer_id), AssignForm()))

    def post(self, request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
        """Keep who was meant, and lead to the preview; or say what is wrong."""
        offer, form = self.offer(offer_id), AssignForm(request.POST, request.FILES)
        if not form.is_valid():
            return invalid(request, "offers/assign.html", self._context(offer, form))
        try:
            bulk = self._draft(offer, form)
        except FileRefused as refusal:
            form.add_error("file", [str(problem) for problem in refusal.problems[:5]])
        except (Refused, BadSelection) as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(self.at("assign-preview", bulk.id))
        return invalid(request, "offers/assign.html", self._context(offer, form))

    def _draft(self, offer: Offer, form: AssignForm) -> Assignment:
        facts: dict[str, Any] = {"offer": offer, "wanted": drafting.Wanted(**form.wanted()), **self.facts_for_service()}
        if form.cleaned_data["whom"] == form.LISTED:
            return drafting.draft_for_list(file=form.cleaned_data["file"], **facts)
        return drafting.draft_for(selection=Selection((), everything=True, query=form.query()), **facts)

    def _context(self, offer: Offer, form: AssignForm) -> dict[str, Any]:
        here = self.crumbs((offer.name, self.at("offer", offer.id)), (self.title, ""))
        title = _now("Assign %(offer)s") % {"offer": offer.name}
        context = {"title": title, "offer": offer, "benefit": benefits.in_words(offer), "form": form}
        return context | {"cancel_url": self.at("offer", offer.id), "crumbs": here}


class AssignChosen(StaffView):
    """Members were ticked in the list of customers, or all that match: which offer they are given."""

    role = Role.ADMIN
    title = _("Assign an offer")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead back to the list: who was chosen came by POST."""
        return HttpResponseRedirect(self._list())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask which offer; once it is named, lead to the preview."""
        offers = published_offers()
        try:
            chosen = Selection.from_post(request.POST)
            if "starts" not in request.POST:
                return self._ask(chosen, AssignChosenForm(offers=offers), status=200)
            form = AssignChosenForm(request.POST, offers=offers)
            if not form.is_valid():
                return self._ask(chosen, form, status=422)
            return HttpResponseRedirect(self._preview(chosen, form))
        except (BadSelection, Refused) as refusal:
            self.warn(str(refusal))
            return HttpResponseRedirect(self._list())

    def _preview(self, chosen: Selection, form: AssignChosenForm) -> str:
        offer = form.cleaned_data["offer"]
        wanted = drafting.Wanted(**form.wanted())
        facts: dict[str, Any] = {"actor": self.actor, "now": timezone.now()}
        bulk = drafting.draft_for(offer=offer, selection=chosen, wanted=wanted, **facts)
        return reverse("offers:assign-preview", args=[self.request.merchant.slug, bulk.id])

    def _ask(self, chosen: Selection, form: HowForm, *, status: int) -> HttpResponse:
        context = {
            "title": self.title,
            "selection": chosen,
            "number": 0 if chosen.everything else len(chosen.ids),
            "form": form,
            "cancel_url": self._list(),
            "crumbs": [(_("Customers"), self._list()), (self.title, "")],
        }
        return render(self.request, "offers/assign_chosen.html", context, status=status)

    def _list(self) -> str:
        return reverse("customers:list", args=[self.request.merchant.slug])


class Assignments:
    """What the pages of `jobs.bulk` are about; their addresses here begin with `assign`."""

    kit: ClassVar[Kit] = ASSIGNMENTS
    room: ClassVar[str] = "offers"
    list_page: ClassVar[str] = "offers"
    list_title: ClassVar[Any] = _("Offers")
    request: Any

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of this room."""
        return reverse(f"offers:{name.replace('bulk', 'assign')}", args=[self.request.merchant.slug, *args])


class Preview(Assignments, views.PreviewPage):
    """Say who gets it and who does not; begin."""

    role = Role.ADMIN
    template_name = "offers/assign_preview.html"

    def effects(self, sums: dict[str, int]) -> list[str]:
        """Say what everybody gets, or what becomes of what was given."""
        names = {"offer": self.bulk.offer.name, "status": _starts(self.bulk)}
        if self.bulk.undoes_id:
            return [_now("What was given of “%(offer)s” and waits to be used is canceled.") % names]
        return [_now("Each gets “%(offer)s”, as %(status)s.") % names]


class Stop(Assignments, views.StopPage):
    """Call it off."""

    role = Role.ADMIN


class Undo(Assignments, views.UndoPage):
    """Take it back."""

    role = Role.ADMIN


class AssignmentTable(ActTable):
    """One assignment a row, with the offer."""

    offer = Column(_("Offer"), empty_values=())

    def render_offer(self, record: Assignment) -> str:
        """Which offer was given."""
        return cells.text(record.offer.name)


class Acts(Assignments, results.ActListPage):
    """Every assignment."""

    role = Role.VIEWER
    title = _("Assignments")
    table_class = AssignmentTable
    sorts = act_sorts(ASSIGNMENTS.acts) | {"offer": begin_of("offer__name")}
    filterset_class = act_filter(ASSIGNMENTS, "offer__name")
    empty_text = _("Open an offer and choose “Assign to members”, or tick members in the list of customers.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the assignments with their offers."""
        return super().get_queryset().select_related("offer")


class MemberRows(RowTable):
    """One member of an assignment a row, with the response and where it stands now."""

    document = Column(_("Member"), empty_values=(), phone="lead")
    response = Column(_("Response"), empty_values=())

    def __init__(self, *args: Any, given: dict[uuid.UUID, OfferResponse] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given, self.now = given or {}, timezone.now()
        self.page = reverse("offers:response", args=[self.merchant_slug, NOBODY])

    def render_response(self, record: AssignmentRow) -> str:
        """Where the response stands, whatever the act did, as the way to it."""
        row = self.given.get(record.customer_id)
        if row is None:
            return cells.dash()
        url, words = self.page.replace(NOBODY, str(row.id)), badges.status(status_of(row, at=self.now))
        return cells.link(url, words, f"{_now('Response')}: {Status(row.status).label}")


class Result(Assignments, results.ResultPage):
    """One assignment, with what became of each member."""

    role = Role.VIEWER
    template_name = "offers/assign_result.html"
    table_class = MemberRows
    filterset_class = row_filter(
        ASSIGNMENTS,
        "customer__first_name",
        "customer__last_name",
        "customer__email",
        "customer__card_number",
        "customer__phone",
    )
    sorts = member_sorts()
    counted = ngettext_lazy("%(shown)s member", "%(shown)s members", "number")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Add the responses of the members on this page."""
        act = self.bulk.undoes or self.bulk
        names = [act.op_key_for(row.customer_id) for row in self.page.rows]
        given = {row.customer_id: row for row in OfferResponse.objects.filter(op_key__in=names)}
        return super().get_table_kwargs() | {"given": given}


class Rows(Assignments, results.RowsFile):
    """The same as a file."""

    role = Role.VIEWER


def _starts(bulk: Assignment) -> str:
    status = Status.CLIPPED if bulk.starts_clipped else Status.PENDING
    return str(status.label)
