"""Funnels: the list with its figures, one funnel with its addresses, what can be done with it."""

import uuid
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center.catalogue import selectors
from claims_center.catalogue.filters import FunnelFilter
from claims_center.catalogue.ordering import conversion, period
from claims_center.catalogue.page import funnel_page
from claims_center.catalogue.tables import FunnelTable
from claims_center.catalogue.views.base import CatalogueAction, CatalogueView
from claims_center.catalogue.views.products import new_action
from claims_center.models import Funnel, TallyState
from claims_center.services import funnels
from tenancy.lists import StaffListView
from tenancy.roles import Role
from ui.listing import Action, Tab


class FunnelList(StaffListView):
    """The merchant's campaigns and how they do."""

    role = Role.VIEWER
    title = _("Smart Funnels")
    template_name = "catalogue/list.html"
    table_class = FunnelTable
    filterset_class = FunnelFilter
    dataset = "funnels"
    sorts = {
        "name": "name",
        "state": "state_rank",
        "promotion": "promotion__name",
        "visits": "visits",
        "started": "started",
        "submitted": "submitted",
        "shared": "shared",
        "processed": "processed",
        "conversion": conversion(),
        "period": period(),
        "created": "created_at",
    }
    default_sort = "-created"
    tabs = (
        Tab(_("All")),
        Tab(_("Open"), "state=open"),
        Tab(_("Draft"), "state=draft"),
        Tab(_("Over"), "state=ended&state=closed"),
        Tab(_("Archived"), "state=archived"),
    )
    counted = ngettext_lazy("%(shown)s funnel", "%(shown)s funnels", "number")
    empty_title = _("No funnels yet")
    empty_text = _("A funnel is the public page where customers claim their gift.")
    empty_icon = "funnel"

    def get_queryset(self) -> QuerySet[Funnel]:
        """Return the merchant's funnels."""
        return selectors.funnels_for_list(timezone.now(), self.sums)

    @cached_property
    def sums(self) -> TallyState | None:
        """Which sums the figures are sorted by."""
        return selectors.sums_for_list()

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
        context = {
            "title": funnel.name,
            "crumbs": [(_("Smart Funnels"), self.at("funnels")), (funnel.name, "")],
            "may_change": self.may_change,
        }
        return render(request, "catalogue/funnel.html", context | funnel_page(funnel, request, timezone.now()))


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


class FunnelArchive(CatalogueAction):
    """Put a funnel away."""

    model = Funnel
    title = _("Archive")
    text = _(
        "It leaves the lists of what is in use. Its figures and its claims stay, and its page says that it is over."
    )
    done = _("The funnel is archived.")
    back = "funnel"

    def perform(self, pk: uuid.UUID) -> None:
        """Archive it."""
        funnels.archive_funnel(funnel_id=pk, actor=self.actor, now=timezone.now())


class FunnelRestore(CatalogueAction):
    """Bring it back."""

    model = Funnel
    title = _("Bring back")
    text = _("It comes back as it was, and takes no claims until it is published.")
    done = _("The funnel is back.")
    icon_name = "archive-restore"
    back = "funnel"

    def perform(self, pk: uuid.UUID) -> None:
        """Restore it."""
        funnels.restore_funnel(funnel_id=pk, actor=self.actor)


class FunnelClone(CatalogueAction):
    """Begin a new funnel as a copy of this one."""

    model = Funnel
    title = _("Copy")
    text = _("The copy is a draft with the same promotion, products, questions and texts, and an address of its own.")
    done = _("This is the copy. Give it a name and an address.")
    icon_name = "copy"
    back = "funnel"

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Copy it and lead to the copy's form."""
        self.find(pk)
        with transaction.atomic():
            copy = funnels.clone_funnel(funnel_id=pk, actor=self.actor, now=timezone.now())
        self.say(self.done)
        return HttpResponseRedirect(self.at("funnel_edit", copy.pk))
