"""The log of webhooks: every message, its attempts, and sending it again."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging.webhooks import maps, ordering, selectors, services, words
from messaging.webhooks.filters import DeliveryFilter
from messaging.webhooks.models import WebhookAttempt, WebhookDelivery
from messaging.webhooks.states import Status
from messaging.webhooks.tables import DeliveryTable
from messaging.webhooks.views.endpoints import SECTION
from tenancy.lists import StaffListView
from tenancy.views.settings.base import DialogPage, SettingsPage
from ui import cells
from ui.listing import Tab
from ui.timeline import Fact

# A page looks again by itself where something is to happen within so long.
SOON = timedelta(seconds=15)


class WebhookList(SettingsPage, StaffListView):
    """Every message to every endpoint."""

    section = SECTION
    title = _("Webhook log")
    template_name = "messaging/webhooks/log.html"
    table_class = DeliveryTable
    filterset_class = DeliveryFilter
    sorts = ordering.DELIVERIES
    default_sort = "-created"
    tabs = (
        Tab(_("All"), counted=False),
        Tab(Status.WAITING.label, "status=waiting"),
        Tab(Status.FAILED.label, "status=failed"),
        Tab(Status.DELIVERED.label, "status=delivered", counted=False),
    )
    counted = ngettext_lazy("%(shown)s message", "%(shown)s messages", "number")
    empty_icon = "webhook"
    empty_title = _("Nothing was sent yet")
    empty_text = _(
        "Messages show here as soon as an endpoint hears of something. They stay until the clean-up removes them."
    )

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        """Return the merchant's log."""
        return selectors.deliveries_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table what its links need."""
        return {"merchant_slug": self.request.merchant.slug}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Say where this is."""
        crumbs = [(_now("Webhooks"), self.address(SECTION)), (_now("Log"), "")]
        return super().get_context_data(crumbs=crumbs, **context)


class WebhookPage(SettingsPage):
    """One message: what was said, to whom, and each attempt. `?part` answers with what may change."""

    section = SECTION

    def get(self, request: Any, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        delivery = found(pk)
        template = "messaging/webhooks/state.html" if "part" in request.GET else "messaging/webhooks/message.html"
        context = self.get_context_data(
            title=maps.label_of(delivery.event),
            crumbs=self._crumbs(delivery),
            delivery=delivery,
            status_badge=words.status(delivery),
            facts=facts(delivery, request.merchant.slug),
            body=json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False),
            attempts=[drawn(one) for one in selectors.attempts_of(pk)],
            poll_url=f"{request.path}?part=1" if _moves_soon(delivery) else "",
            may_resend=delivery.endpoint.is_active,
        )
        return render(request, template, context)

    def _crumbs(self, delivery: WebhookDelivery) -> list[tuple[Any, str]]:
        endpoint = delivery.endpoint
        url = "" if endpoint.removed_at else self.address("messaging:endpoint", endpoint.pk)
        return [(_now("Webhooks"), self.address(SECTION)), (endpoint.name, url), (maps.label_of(delivery.event), "")]


class WebhookResend(DialogPage):
    """Send a message once more."""

    section = SECTION
    title = _("Send again")
    text = _("The same message with the same id goes out at once: a receiver that has had it knows it again by its id.")
    submit_label = _("Send again")

    def prepare(self) -> None:
        """Find the message; 404 for another merchant's."""
        self.delivery = found(self.kwargs["pk"])

    def save(self, form: Any) -> HttpResponse:
        """Send it."""
        services.resend(delivery_id=self.delivery.pk, actor=self.actor, now=timezone.now())
        self.say(_now("The message is on its way again."))
        return self.back_to(self.address("messaging:webhook", self.delivery.pk))

    def more(self) -> dict[str, Any]:
        """Go back to the message."""
        return super().more() | {"cancel_url": self.address("messaging:webhook", self.delivery.pk)}


def found(pk: uuid.UUID) -> WebhookDelivery:
    """Return the merchant's message with its endpoint, or answer 404."""
    delivery = WebhookDelivery.objects.select_related("endpoint").filter(pk=pk).first()
    if delivery is None:
        raise Http404
    one: WebhookDelivery = delivery
    return one


def facts(delivery: WebhookDelivery, merchant_slug: str) -> list[Fact]:
    """Return what there is to know about a message."""
    about: Any = cells.dash()
    if delivery.subject_id and (url := maps.page_of(delivery.event, delivery.subject_id, merchant_slug)):
        about = cells.link(url, delivery.subject_id)
    waits = cells.when(delivery.next_at) if delivery.next_at else cells.dash()
    return [
        Fact(_now("Event"), cells.code(delivery.event, copy=False)),
        Fact(_now("Message id"), delivery.message_id, copy=delivery.message_id),
        Fact(_now("About"), about),
        Fact(_now("Endpoint"), f"{delivery.endpoint.name} ({delivery.endpoint.url})"),
        Fact(_now("Created"), cells.when(delivery.created_at)),
        Fact(_now("Attempts"), str(delivery.attempts)),
        Fact(_now("Last answer"), words.answer(delivery.last_status, delivery.last_error)),
        Fact(_now("Next attempt"), waits),
    ]


def drawn(attempt: WebhookAttempt) -> dict[str, Any]:
    """Return an attempt as the page draws it."""
    is_ok = attempt.status is not None and 200 <= attempt.status < 300  # noqa: PLR2004 - HTTP's own limits
    return {
        "attempt": attempt,
        "badge": cells.badge(words.answer(attempt.status, attempt.error), "ok" if is_ok else "bad"),
        "request": _head(f"POST {attempt.url}", attempt.request_headers),
        "response": _head(words.answer(attempt.status, attempt.error), attempt.response_headers),
    }


def _head(first: str, headers: dict[str, str]) -> str:
    return "\n".join([first, *(f"{name}: {value}" for name, value in headers.items())])


def _moves_soon(delivery: WebhookDelivery) -> bool:
    return delivery.next_at is not None and delivery.next_at - timezone.now() < SOON
