"""Promotions: the list, and one promotion with a look at its mail."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center.catalogue import selectors
from claims_center.catalogue.files import as_download
from claims_center.catalogue.filters import PromotionFilter
from claims_center.catalogue.forms import PromotionForm
from claims_center.catalogue.ordering import in_use_first
from claims_center.catalogue.preview import preview
from claims_center.catalogue.tables import PromotionTable
from claims_center.catalogue.views.base import CatalogueAction, CatalogueView
from claims_center.catalogue.views.products import new_action
from claims_center.giftmail import MERGE_FIELDS
from claims_center.models import Promotion, Source
from claims_center.services import catalogue
from tenancy.lists import StaffListView
from tenancy.roles import Role
from ui.forms import invalid
from ui.listing import Action, Tab
from ui.sorting import ranked


class PromotionList(StaffListView):
    """What customers can get."""

    role = Role.VIEWER
    title = _("Promotions")
    template_name = "catalogue/list.html"
    table_class = PromotionTable
    filterset_class = PromotionFilter
    sorts = {
        "name": "name",
        "kind": "kind",
        "gift": ranked("source", Source.values),
        "value": "value",
        "funnels": "funnel_count",
        "state": in_use_first(),
        "created": "created_at",
    }
    default_sort = "name"
    tabs = (Tab(_("All")), Tab(_("In use"), "archived=no"), Tab(_("Archived"), "archived=yes"))
    counted = ngettext_lazy("%(shown)s promotion", "%(shown)s promotions", "number")
    empty_title = _("No promotions yet")
    empty_text = _("A promotion is the gift: a code, a file, or an item that is shipped.")
    empty_icon = "gift"

    def get_queryset(self) -> QuerySet[Promotion]:
        """Return the merchant's promotions."""
        return selectors.promotions_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}

    def get_empty_action(self) -> Action | None:
        """Lead those who may to the form."""
        return new_action(self.request, "promotion_new", _("New promotion"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the button of the page's head."""
        return super().get_context_data(new=self.get_empty_action(), **kwargs)


class PromotionPage(CatalogueView):
    """The form of a promotion."""

    model = Promotion

    def form(self, promotion: Promotion | None, *posted: Any) -> PromotionForm:
        """Return the form."""
        return PromotionForm(*posted, promotion=promotion, currency=self.request.merchant.currency)

    def draw(self, promotion: Promotion | None, form: PromotionForm, *, wrong: bool = False) -> HttpResponse:
        """Draw the page."""
        context = {
            "title": promotion.name if promotion else _("New promotion"),
            "crumbs": [(_("Promotions"), self.at("promotions")), (promotion.name if promotion else _("New"), "")],
            "promotion": promotion,
            **self.row_actions(promotion, "promotion"),
            "form": form,
            "preview": preview(shown_values(form, promotion), self.request.merchant),
            "merge_fields": MERGE_FIELDS,
            "funnels": selectors.funnels_of_promotion(promotion) if promotion else [],
            "may_change": self.may_change,
        }
        if wrong:
            return invalid(self.request, "catalogue/promotion.html", context)
        return render(self.request, "catalogue/promotion.html", context)

    def save(self, request: Any, promotion: Promotion | None) -> HttpResponse:
        """Save what was posted, or show what is wrong; "Preview" saves nothing."""
        form = self.form(promotion, request.POST, request.FILES)
        if "preview" in request.POST:
            form.full_clean()
            return self.draw(promotion, form)
        if form.is_valid():
            saved = self.attempt(form, lambda: self.write(promotion, form))
            if saved is not None:
                self.say(_("Saved."))
                return HttpResponseRedirect(self.at("promotion", saved.pk))
        return self.draw(promotion, form, wrong=True)

    def write(self, promotion: Promotion | None, form: PromotionForm) -> Promotion:
        """Call the service."""
        values = form.values(self.request.merchant.id)
        if promotion is None:
            return catalogue.create_promotion(values=values, actor=self.actor, now=timezone.now())
        return catalogue.update_promotion(
            promotion_id=promotion.pk, values=values, actor=self.actor, now=timezone.now()
        )


def shown_values(form: PromotionForm, promotion: Promotion | None) -> dict[str, Any]:
    """Return what the mail is drawn from: what was typed, or what is saved."""
    names = ("source", "name", "fixed_code", "message")
    given = {name: str(form[name].value() or "") for name in names}
    return given | {"file_name": promotion.file_name if promotion else ""}


class PromotionNew(PromotionPage):
    """A new promotion."""

    role = Role.ADMIN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.draw(None, self.form(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it."""
        return self.save(request, None)


class PromotionEdit(PromotionPage):
    """A promotion: everybody may look, admins may change."""

    role = Role.VIEWER
    write_role = Role.ADMIN

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        promotion = self.find(pk)
        return self.draw(promotion, self.form(promotion))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Change it."""
        return self.save(request, self.find(pk))


class PromotionFile(CatalogueView):
    """The file that customers get, for staff to look at."""

    model = Promotion
    role = Role.ADMIN

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Send the file, always as a download."""
        promotion = self.find(pk)
        if not promotion.file:
            raise Http404
        return as_download(promotion)


class PromotionArchive(CatalogueAction):
    """Withdraw a promotion."""

    model = Promotion
    title = _("Archive")
    text = _("No gift of it is given any more, not even for claims that wait. Gifts that were sent stay.")
    done = _("Archived.")
    tone = "bad"
    back = "promotion"

    def perform(self, pk: uuid.UUID) -> None:
        """Archive it."""
        catalogue.archive_promotion(promotion_id=pk, actor=self.actor, now=timezone.now())


class PromotionRestore(CatalogueAction):
    """Bring a promotion back."""

    model = Promotion
    title = _("Bring back")
    text = _("Funnels can give it again.")
    done = _("Back in use.")
    icon_name = "archive-restore"
    back = "promotion"

    def perform(self, pk: uuid.UUID) -> None:
        """Restore it."""
        catalogue.restore_promotion(promotion_id=pk, actor=self.actor)
