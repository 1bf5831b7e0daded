"""Bulk acts on claims: what was chosen, the page that says what will happen, stopping, taking back."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_center.bulk import services
from claims_center.bulk.acts import ACTS
from claims_center.bulk.forms import FORMS, given_in, person_in
from claims_center.bulk.preview import Preview, preview
from claims_center.bulk.rules import Given
from claims_center.bulk.tables import title_of
from claims_center.errors import NotAllowed
from claims_center.models import BulkAct, BulkKind, BulkState
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.bulk import BadSelection, Selection
from ui.forms import StyledForm


class BulkView(StaffView):
    """A page about one bulk act."""

    role = Role.AGENT
    bulk: BulkAct

    def prepare(self) -> None:
        """Find the act."""
        self.bulk = get_object_or_404(BulkAct, id=self.kwargs["bulk_id"])

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of this room."""
        return reverse(f"claims:{name}", args=[self.request.merchant.slug, *args])

    def may_change(self) -> bool:
        """Say whether this person may stop the act and take it back: who began it, and administrators."""
        return self.bulk.actor == str(self.actor) or self.request.role >= Role.ADMIN


class ChooseView(StaffView):
    """Rows were ticked, or all that match: keep them, and lead to the preview."""

    role = Role.AGENT

    def get(self, request: HttpRequest, act: str) -> HttpResponse:
        """Lead back to the list: what was selected came by POST."""
        return HttpResponseRedirect(reverse("claims:list", args=[self.request.merchant.slug]))

    def post(self, request: HttpRequest, act: str) -> HttpResponse:
        """Keep what was chosen; where that is nothing, or not understood, say so on the list."""
        if act not in ACTS:
            raise Http404
        slug = self.request.merchant.slug
        try:
            chosen = Selection.from_post(request.POST)
            bulk = services.draft(act=act, selection=chosen, actor=self.actor, now=timezone.now())
        except BadSelection as refusal:
            self.warn(str(refusal))
            return HttpResponseRedirect(reverse("claims:list", args=[slug]))
        return HttpResponseRedirect(reverse("claims:bulk-preview", args=[slug, bulk.id]))


class PreviewView(BulkView):
    """How many claims an act will be done to, how many it skips and why; then it begins."""

    def get(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Show the numbers as they are now, for the person chosen in the address where the act is to assign."""
        if self.bulk.state != BulkState.DRAFT:
            return HttpResponseRedirect(self.at("bulk-act", self.bulk.id))
        chosen = person_in(request.GET.get("assignee", ""))
        form = self._form(None, {"assignee": chosen})
        return self._ask(form, Given(user_id=chosen))

    def post(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Begin, unless the numbers on the page were not for what was chosen."""
        form = self._form(request.POST, {})
        if form is not None and not form.is_valid():
            return self._ask(form, Given(), status=422)
        given = given_in(form)
        if given.get("user", "") != request.POST.get("counted_for", ""):
            return self._ask(form, Given(user_id=person_in(given["user"])), status=422, recounted=True)
        try:
            services.start(bulk_id=self.bulk.id, given=given, actor=self.actor, now=timezone.now())
        except NotAllowed as refusal:
            self.warn(refusal.sentence)
        return HttpResponseRedirect(self.at("bulk-act", self.bulk.undoes_id or self.bulk.id))

    def _form(self, data: Any, initial: dict[str, Any]) -> StyledForm | None:
        form_class = None if self.bulk.undoes_id else FORMS.get(self.bulk.act)
        return form_class(data, initial=initial) if form_class else None

    def _ask(
        self, form: StyledForm | None, given: Given, *, status: int = 200, recounted: bool = False
    ) -> HttpResponse:
        counted = preview(bulk=self.bulk, given=given)
        context = {
            "title": title_of(self.bulk),
            "crumbs": [(_("Claims Center"), self.at("list")), (title_of(self.bulk), "")],
            "bulk": self.bulk,
            "act": ACTS[self.bulk.act],
            "preview": counted,
            "form": self._asked(form, counted),
            "counted_for": given.user_id or "",
            "recounted": recounted,
            "can_start": counted.will_do or counted.with_reason or counted.without_code,
            "cancel_url": self.at("bulk-act", self.bulk.undoes_id) if self.bulk.undoes_id else self.at("list"),
        }
        return render(self.request, "claims/bulk.html", context, status=status)

    def _asked(self, form: StyledForm | None, counted: Preview) -> StyledForm | None:
        """Return the form without what there is nothing to ask for."""
        if form is not None and self.bulk.act == BulkKind.VERIFY and not counted.with_reason:
            return None
        if form is not None and self.bulk.act == BulkKind.SEND_GIFT and not counted.without_code:
            return None
        if form is not None and self.bulk.act == BulkKind.REJECT and not counted.gifts:
            del form.fields["return_code"]
        if form is not None and not form.fields:
            return None
        return form


class StopView(BulkView):
    """Call a running act off; what is done stays."""

    def post(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Stop it after the batch that is being done."""
        if self.may_change():
            services.stop(bulk_id=self.bulk.id, actor=self.actor, now=timezone.now())
            self.say(_("Stopped. What was done before stays done."))
        else:
            self.warn(_("Whoever began this may stop it, and so may an administrator."))
        return HttpResponseRedirect(self.at("bulk-act", self.bulk.id))


class UndoView(BulkView):
    """Prepare the taking back of an act."""

    def post(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Lead to the preview of the undo, or say why there is none."""
        if not self.may_change():
            self.warn(_("Whoever began this may undo it, and so may an administrator."))
            return HttpResponseRedirect(self.at("bulk-act", self.bulk.id))
        try:
            undo = services.draft_undo(bulk_id=self.bulk.id, actor=self.actor, now=timezone.now())
        except NotAllowed as refusal:
            self.warn(refusal.sentence)
            return HttpResponseRedirect(self.at("bulk-act", self.bulk.id))
        return HttpResponseRedirect(self.at("bulk-preview", undo.id))
