"""Endpoints: the list, and the page of one, which is its log."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging.webhooks import maps, ordering, selectors, words
from messaging.webhooks.filters import EndpointDeliveryFilter, EndpointFilter
from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from messaging.webhooks.tables import EndpointDeliveryTable, EndpointTable
from tenancy.lists import StaffListView
from tenancy.secrets import decrypt
from tenancy.views.settings.base import SettingsPage
from ui import cells
from ui.timeline import Fact

SECTION = "messaging:endpoints"
NEW_SECRET = "new_webhook_secret"  # noqa: S105 - the name of a place in the session


class EndpointList(SettingsPage, StaffListView):
    """All endpoints, and the way to the log of all of them."""

    section = SECTION
    title = _("Settings")
    template_name = "messaging/webhooks/endpoints.html"
    table_class = EndpointTable
    filterset_class = EndpointFilter
    sorts = ordering.ENDPOINTS
    default_sort = "-created"
    counted = ngettext_lazy("%(shown)s endpoint", "%(shown)s endpoints", "number")
    empty_icon = "webhook"
    empty_title = _("No endpoints yet")
    empty_text = _(
        "Give the address of a system that is to hear of responses and rewards the moment something happens."
    )

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        """Return the merchant's endpoints."""
        return selectors.endpoints_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table what its links need."""
        return {"merchant_slug": self.request.merchant.slug}


class EndpointFound:
    """Finds the endpoint that an address names; 404 for a removed one and for another merchant's."""

    kwargs: dict[str, Any]

    def prepare(self) -> None:
        """Find it."""
        found = selectors.endpoints_for_list().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.endpoint: WebhookEndpoint = found


class EndpointPage(EndpointFound, SettingsPage, StaffListView):
    """One endpoint: how it goes, what it hears of, and what was sent to it; a new secret is shown once."""

    section = SECTION
    template_name = "messaging/webhooks/endpoint.html"
    table_class = EndpointDeliveryTable
    filterset_class = EndpointDeliveryFilter
    sorts = {name: by for name, by in ordering.DELIVERIES.items() if name in EndpointDeliveryTable.known()}
    default_sort = "-created"
    counted = ngettext_lazy("%(shown)s message", "%(shown)s messages", "number")
    empty_icon = "webhook"
    empty_title = _("Nothing was sent yet")
    empty_text = _("Press “Send test event” to see whether the other side listens.")

    @property
    def title(self) -> str:
        """The endpoint's name."""
        return self.endpoint.name

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        """Return its log."""
        return selectors.deliveries_for_list().filter(endpoint_id=self.endpoint.pk)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table what its links need."""
        return {"merchant_slug": self.request.merchant.slug}

    @cached_property
    def new_secret(self) -> str:
        """The secret that was just made; taking it out of the session is what makes it shown once."""
        sealed: Any = self.request.session.get(NEW_SECRET)
        if not sealed or sealed[0] != str(self.endpoint.pk):
            return ""
        del self.request.session[NEW_SECRET]
        return decrypt(sealed[1])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the endpoint itself."""
        counts = {} if context.get("is_fragment") else selectors.lately(self.endpoint.pk, now=timezone.now())
        own = {
            "crumbs": [(_now("Webhooks"), self.address(SECTION)), (self.endpoint.name, "")],
            "endpoint": self.endpoint,
            "state_badge": words.state(self.endpoint),
            "new_secret": "" if context.get("is_fragment") else self.new_secret,
            "facts": facts(self.endpoint, counts) if counts else [],
            "may_resend": bool(counts.get("failed") or counts.get("dropped")),
        }
        return super().get_context_data(**own, **context)


def facts(endpoint: WebhookEndpoint, counts: dict[str, int]) -> list[Fact]:
    """Return what there is to know about an endpoint, with its messages of the last days by status."""
    now = timezone.now()
    found = [
        Fact(_now("Address"), endpoint.url, copy=endpoint.url),
        Fact(_now("Hears of"), ", ".join(maps.label_of(name) for name in endpoint.events)),
        Fact(
            _now("Last seven days"),
            _now("%(delivered)s delivered, %(waiting)s waiting, %(failed)s failed, %(dropped)s not sent") % counts,
        ),
        Fact(_now("Last delivered"), cells.when(endpoint.delivered_at)),
    ]
    if endpoint.old_secret_until and endpoint.old_secret_until > now:
        found.append(Fact(_now("The old secret signs too until"), cells.when(endpoint.old_secret_until)))
    return found
