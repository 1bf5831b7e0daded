"""Bulk acts on claims: the page that says what will happen, and the page that says what did."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_center.bulk import results
from claims_center.bulk.acts import ACTS, DONE, OUTCOMES, Act
from claims_center.bulk.services import KIND, MOST, preview, start
from claims_center.filters import ClaimFilter
from claims_center.models import Claim
from jobs.models import Job
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.bulk import BadSelection, Selection


class ConfirmView(StaffView):
    """How many claims an act will be done to, how many it skips and why; then it begins."""

    role = Role.AGENT

    def get(self, request: HttpRequest, act: str) -> HttpResponse:
        """Lead back to the list: what was selected came by POST."""
        return HttpResponseRedirect(self._list_url())

    def post(self, request: HttpRequest, act: str) -> HttpResponse:
        """Ask, or begin once it was confirmed."""
        chosen = ACTS.get(act)
        if chosen is None:
            raise Http404
        try:
            selection = Selection.from_post(request.POST)
            claims = self._selected(selection)
        except BadSelection as refusal:
            self.warn(str(refusal))
            return HttpResponseRedirect(self._list_url())
        form = self._form(chosen)
        if "confirm" in request.POST and (form is None or form.is_valid()):
            return self._begin(chosen, claims, form)
        return self._ask(chosen, selection, claims, form)

    def _selected(self, selection: Selection) -> Sequence[Claim]:
        rows = selection.rows(ClaimFilter, Claim.objects.select_related("funnel"))
        found = list(rows.order_by("submitted_at", "id")[: MOST + 1])
        if len(found) > MOST:
            raise BadSelection(_("That is more than %(most)s claims at once. Narrow the list first.") % {"most": MOST})
        if not found:
            raise BadSelection(_("No claim is selected any more."))
        return found

    def _form(self, act: Act) -> Any:
        if act.form_class is None:
            return None
        return act.form_class(self.request.POST if "confirm" in self.request.POST else None)

    def _begin(self, act: Act, claims: Sequence[Claim], form: Any) -> HttpResponse:
        person = form.cleaned_data["assignee"] if form else None
        job = start(
            act=act,
            claim_ids=[claim.id for claim in claims],
            user_id=person.id if person else None,
            op_key=self.request.POST.get("op_id", "")[:64] or uuid.uuid4().hex,
            actor=self.actor,
            now=timezone.now(),
        )
        return HttpResponseRedirect(reverse("claims:bulk-result", args=[self.request.merchant.slug, job.id]))

    def _ask(self, act: Act, selection: Selection, claims: Sequence[Claim], form: Any) -> HttpResponse:
        counted = preview(act=act, claims=claims)
        context = {
            "title": act.label,
            "act": act,
            "selection": selection,
            "form": form,
            "will_do": counted.pop(DONE, 0),
            "skips": [(OUTCOMES[letter], number) for letter, number in counted.most_common()],
            "cancel_url": self._list_url(),
        }
        return render(self.request, "claims/bulk.html", context)

    def _list_url(self) -> str:
        return reverse("claims:list", args=[self.request.merchant.slug])


class ResultView(StaffView):
    """What became of each claim of a bulk act; looks again by itself until the job is over."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
        """Draw progress or result; with `?part` the changing part alone."""
        job = get_object_or_404(Job, id=job_id, kind=KIND)
        result = results.result_of(job)
        slug = self.request.merchant.slug
        context = {
            "title": result.act.label,
            "result": result,
            "job": job,
            "crumbs": [(_("Claims Center"), reverse("claims:list", args=[slug])), (result.act.label, "")],
            "poll_url": f"{request.path}?part=1" if result.moving else "",
        }
        template = "claims/parts/bulk_result.html" if "part" in request.GET else "claims/bulk_result.html"
        return render(request, template, context)
