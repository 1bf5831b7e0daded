"""Pages of bulk acts that a room makes its own: what was chosen, what will happen, stopping, taking back."""

import uuid
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.bulk import choosing
from jobs.bulk.errors import NotNow
from jobs.bulk.kit import Kit
from jobs.bulk.models import BulkState
from jobs.bulk.preview import preview
from jobs.bulk.tables import title_of
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.bulk import BadSelection, Selection
from ui.forms import StyledForm


class BulkPages(StaffView):
    """What all pages of a room's bulk acts share: the kit, and the names of the room's addresses.

    The room names its addresses `bulk` (with the act), `bulk-acts`, `bulk-act`, `bulk-preview`, `bulk-stop`,
    `bulk-undo` and `bulk-rows`; `list_page` is the name of its list, `list_title` what that is called.
    """

    kit: ClassVar[Kit]
    room: ClassVar[str]
    list_page: ClassVar[str]
    list_title: ClassVar[Any]
    # Who may begin, stop and take back; looking is for everybody who sees the list.
    acting: ClassVar[Role] = Role.ADMIN

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of this room."""
        return reverse(f"{self.room}:{name}", args=[self.request.merchant.slug, *args])

    def list_url(self) -> str:
        """Return the address of the list that the documents stand in."""
        return self.at(self.list_page)


class BulkView(BulkPages):
    """A page about one bulk act."""

    bulk: Any

    def prepare(self) -> None:
        """Find the act."""
        self.bulk = get_object_or_404(self.kit.act_model, id=self.kwargs["bulk_id"])

    def may_change(self) -> bool:
        """Say whether this person may stop the act and take it back: who began it, and administrators."""
        return self.request.role >= self.acting and (
            self.bulk.actor == str(self.actor) or self.request.role >= Role.ADMIN
        )

    def act_url(self) -> str:
        """Return the page of the act, or of what it takes back."""
        return self.at("bulk-act", self.bulk.id)


class ChoosePage(BulkPages):
    """Rows were ticked, or all that match: keep them, and lead to the preview."""

    def get(self, request: HttpRequest, act: str) -> HttpResponse:
        """Lead back to the list: what was selected came by POST."""
        return HttpResponseRedirect(self.list_url())

    def post(self, request: HttpRequest, act: str) -> HttpResponse:
        """Keep what was chosen; where that is nothing, or not understood, say so on the list."""
        if act not in self.kit.acts:
            raise Http404
        try:
            chosen = Selection.from_post(request.POST)
            bulk = choosing.draft(kit=self.kit, act=act, selection=chosen, actor=self.actor, now=timezone.now())
        except BadSelection as refusal:
            self.warn(str(refusal))
            return HttpResponseRedirect(self.list_url())
        return HttpResponseRedirect(self.at("bulk-preview", bulk.id))


class PreviewPage(BulkView):
    """How many documents an act will be done to, how many it skips and why; then it begins."""

    template_name: ClassVar[str] = "jobs/bulk/preview.html"

    def get(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Show the numbers as they are now."""
        if self.bulk.state != BulkState.DRAFT:
            return HttpResponseRedirect(self.act_url())
        return self._ask(self._form(None))

    def post(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Begin."""
        form = self._form(request.POST)
        if form is not None and not form.is_valid():
            return self._ask(form, status=422)
        given = form.cleaned_data if form is not None else {}
        try:
            choosing.start(kit=self.kit, bulk_id=self.bulk.id, given=given, actor=self.actor, now=timezone.now())
        except NotNow as refusal:
            self.warn(refusal.sentence)
        return HttpResponseRedirect(self.at("bulk-act", self.bulk.undoes_id or self.bulk.id))

    def _form(self, data: Any) -> StyledForm | None:
        form_class = None if self.bulk.undoes_id else self.kit.acts[self.bulk.act].form
        return form_class(data) if form_class else None

    def _ask(self, form: StyledForm | None, *, status: int = 200) -> HttpResponse:
        counted = preview(kit=self.kit, bulk=self.bulk, given={}, now=timezone.now())
        slug, title = self.request.merchant.slug, title_of(self.kit, self.bulk)
        named = {one.id: self.kit.named(one, slug) for group in counted.skips for one in group.examples}
        context = {
            "title": title,
            "crumbs": [(self.list_title, self.list_url()), (title, "")],
            "bulk": self.bulk,
            "act": self.kit.acts[self.bulk.act],
            "preview": counted,
            "skips": [(group, [named[one.id] for one in group.examples]) for group in counted.skips],
            "first": [(self.kit.named(one, slug), outcome, words) for one, outcome, words in counted.first],
            "chosen": self.kit.counted(self.bulk.total),
            "will_do": self.kit.counted(counted.will_do),
            "effects": self.effects(counted.sums),
            "form": form,
            "cancel_url": self.at("bulk-act", self.bulk.undoes_id) if self.bulk.undoes_id else self.list_url(),
        }
        return render(self.request, self.template_name, context, status=status)

    def effects(self, sums: dict[str, int]) -> list[str]:
        """Return what the act does besides, in sentences, from what the preview added up."""
        return []


class StopPage(BulkView):
    """Call a running act off; what is done stays."""

    def post(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Stop it after the batch that is being done."""
        if self.may_change():
            choosing.stop(kit=self.kit, bulk_id=self.bulk.id, actor=self.actor, now=timezone.now())
            self.say(_("Stopped. What was done before stays done."))
        else:
            self.warn(_("Whoever began this may stop it, and so may an administrator."))
        return HttpResponseRedirect(self.act_url())


class UndoPage(BulkView):
    """Prepare the taking back of an act."""

    def post(self, request: HttpRequest, bulk_id: uuid.UUID) -> HttpResponse:
        """Lead to the preview of the undo, or say why there is none."""
        if not self.may_change():
            self.warn(_("Whoever began this may undo it, and so may an administrator."))
            return HttpResponseRedirect(self.act_url())
        try:
            undo = choosing.draft_undo(kit=self.kit, bulk_id=self.bulk.id, actor=self.actor, now=timezone.now())
        except NotNow as refusal:
            self.warn(refusal.sentence)
            return HttpResponseRedirect(self.act_url())
        return HttpResponseRedirect(self.at("bulk-preview", undo.id))
