"""Acts on points: giving and taking by hand, deciding about it, goods brought back. Each is one service call."""

import uuid
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty.errors import Refused
from loyalty.models import PointAdjustment, Purchase
from loyalty.point_forms import AdjustForm, DeclineForm, ReturnForm
from loyalty.point_tables import signed
from loyalty.services import adjustments, purchases
from loyalty.states import AdjustmentState
from tenancy.ids import new_id
from tenancy.roles import Role
from tenancy.views import StaffView
from tenancy.views.acts import CONFLICT, refused_page
from ui import locale
from ui.forms import StyledForm
from ui.htmx import dialog_base, vary_on_htmx


class PointAct(StaffView):
    """One act: GET asks, POST does it and goes back to where the person was; a refusal answers 409 in words.

    A subclass says what it is about (`found`), its words, its form if it needs one, and `perform`.
    """

    role = Role.ADMIN
    title: ClassVar[Any]
    submit_label: ClassVar[Any]
    icon_name: ClassVar[str] = ""
    tone: ClassVar[str] = ""
    form_class: ClassVar[type[StyledForm] | None] = None

    def found(self, row_id: uuid.UUID) -> Any:
        """Return what it is done to, or answer 404."""
        raise NotImplementedError

    def perform(self, row: Any, form: Any) -> Any:
        """Call the service, and return the sentence that says what was done."""
        raise NotImplementedError

    def home(self, row: Any) -> str:
        """Return the page that it belongs to."""
        raise NotImplementedError

    def words(self, row: Any) -> Any:
        """Return what the question says."""
        return ""

    def form_kwargs(self, row: Any) -> dict[str, Any]:
        """Return what the form needs to know."""
        return {}

    def get(self, request: HttpRequest, row_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        row = self.found(row_id)
        return self._ask(row, self._form(row, None), status=200)

    def post(self, request: HttpRequest, row_id: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        row = self.found(row_id)
        form = self._form(row, request.POST)
        if form is not None and not form.is_valid():
            return self._ask(row, form, status=422)
        try:
            with transaction.atomic():
                said = self.perform(row, form)
        except Refused as refusal:
            return self._refuse(row, form, refusal)
        self.say(said)
        return self.back_to(self.home(row))

    def facts_for_service(self) -> dict[str, Any]:
        """Return who does it, and when."""
        return {"actor": self.actor, "now": timezone.now()}

    def at(self, name: str, *args: Any) -> str:
        """Return an address of this merchant's."""
        return reverse(name, args=[self.request.merchant.slug, *args])

    def _form(self, row: Any, data: Any) -> StyledForm | None:
        return self.form_class(data, **self.form_kwargs(row)) if self.form_class else None

    def _refuse(self, row: Any, form: StyledForm | None, refusal: Refused) -> HttpResponse:
        """Say it beside the form, where there is one to be corrected."""
        if form is not None:
            form.add_error(None, refusal.sentence)
            return self._ask(row, form, status=CONFLICT)
        return refused_page(self.request, title=self.title, text=refusal.sentence, cancel_url=self.home(row))

    def _ask(self, row: Any, form: Any, *, status: int) -> HttpResponse:
        context = {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "text": self.words(row),
            "form": form,
            "submit_label": self.submit_label,
            "icon_name": self.icon_name,
            "tone": self.tone,
            "cancel_url": self.home(row),
        }
        return vary_on_htmx(render(self.request, "ui/confirm.html", context, status=status))


class AdjustView(PointAct):
    """Give a customer points, or take some, for a reason."""

    title = _("Adjust points")
    submit_label = _("Adjust points")
    icon_name = "sliders-horizontal"
    form_class = AdjustForm

    def found(self, row_id: uuid.UUID) -> Customer:
        """Return the customer."""
        customer: Customer = get_object_or_404(Customer, id=row_id, erased_at=None)
        return customer

    def home(self, row: Customer) -> str:
        """Return the customer's page, at the points."""
        return f"{self.at('cockpit:customer', row.id)}?tab=points"

    def words(self, row: Customer) -> str:
        """Say from how many points on somebody else has to agree."""
        limit = purchases.settings_of_merchant().approval_above
        if limit is None:
            return _now("Everybody can see the reason in the customer's history.")
        return _now("More than %(limit)s points wait until a second person agrees.") % {"limit": locale.number(limit)}

    def perform(self, row: Customer, form: AdjustForm) -> str:
        """Do it, or let it wait."""
        done = adjustments.adjust(
            customer_id=row.id,
            points=form.signed(),
            reason=form.cleaned_data["reason"],
            op_key=self.request.POST.get("op_id", "")[:120] or str(new_id()),
            **self.facts_for_service(),
        )
        if done.state == AdjustmentState.WAITING:
            return _now("The adjustment waits for a second person's approval.")
        return _now("The points were adjusted.")


class DecideView(PointAct):
    """What approving and declining share."""

    def found(self, row_id: uuid.UUID) -> PointAdjustment:
        """Return the adjustment."""
        row: PointAdjustment = get_object_or_404(PointAdjustment.objects.select_related("customer"), id=row_id)
        return row

    def home(self, row: PointAdjustment) -> str:
        """Return the list of adjustments."""
        return self.at("loyalty:adjustments")

    def words(self, row: PointAdjustment) -> str:
        """Say what was asked for."""
        told = {"points": signed(row.points), "customer": row.customer.known_as, "reason": row.reason}
        return _now("%(points)s points for %(customer)s: “%(reason)s”") % told


class ApproveView(DecideView):
    """Let an adjustment happen."""

    title = _("Approve adjustment")
    submit_label = _("Approve")
    icon_name = "check"

    def perform(self, row: PointAdjustment, form: None) -> str:
        """Approve it."""
        adjustments.approve(adjustment_id=row.id, **self.facts_for_service())
        return _now("The adjustment was approved; the points are with the customer.")


class DeclineView(DecideView):
    """Refuse an adjustment."""

    title = _("Decline adjustment")
    submit_label = _("Decline")
    icon_name = "ban"
    tone = "bad"
    form_class = DeclineForm

    def perform(self, row: PointAdjustment, form: DeclineForm) -> str:
        """Decline it."""
        adjustments.decline(adjustment_id=row.id, reason=form.cleaned_data["reason"], **self.facts_for_service())
        return _now("The adjustment was declined.")


class ReturnView(PointAct):
    """Record goods brought back."""

    title = _("Record a return")
    submit_label = _("Record the return")
    icon_name = "undo-2"
    form_class = ReturnForm

    def found(self, row_id: uuid.UUID) -> Purchase:
        """Return the purchase."""
        row: Purchase = get_object_or_404(Purchase, id=row_id)
        return row

    def home(self, row: Purchase) -> str:
        """Return the purchase's page."""
        return self.at("loyalty:purchase", row.id)

    def words(self, row: Purchase) -> str:
        """Say what it does to the points."""
        return _now("Its share of the points is taken back from this purchase's own lot, as far as they are there.")

    def form_kwargs(self, row: Purchase) -> dict[str, Any]:
        """Tell how much can be brought back."""
        return {"left": locale.money(row.amount - row.returned_amount, row.currency)}

    def perform(self, row: Purchase, form: ReturnForm) -> str:
        """Record it."""
        done = purchases.record_return(purchase_id=row.id, **form.cleaned_data, **self.facts_for_service())
        told = {"points": locale.number(done.points_returned), "spent": locale.number(done.shortfall)}
        if done.shortfall:
            return _now("Recorded. %(points)s points were taken back; %(spent)s were spent or had expired.") % told
        return _now("Recorded. %(points)s points were taken back.") % told
