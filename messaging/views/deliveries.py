"""The Deliveries pages: what became of every message, problems first."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging import maps, ordering, selectors, words
from messaging.facts import facts, handled
from messaging.filters import MessageFilter
from messaging.models import Message
from messaging.states import PROBLEMS, Status, SuppressionReason
from messaging.tables import MessageTable
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.listing import Tab

PROBLEM_QUERY = "&".join([*(f"status={status}" for status in sorted(PROBLEMS)), "handled=no"])


class MessageList(StaffListView):
    """Messages in trouble first; all of them a tab away."""

    role = Role.VIEWER
    title = _("Deliveries")
    template_name = "messaging/list.html"
    table_class = MessageTable
    filterset_class = MessageFilter
    sorts = ordering.MESSAGES
    default_sort = "-queued"
    tabs = (
        Tab(_("Problems"), PROBLEM_QUERY),
        *(Tab(Status(status).label, f"status={status}&handled=no") for status in PROBLEMS),
        Tab(_("On the way"), "status=queued&status=sending&status=sent"),
        Tab(_("Arrived"), "status=delivered&status=opened", counted=False),
        Tab(_("All"), "all=1", counted=False),
    )
    counted = ngettext_lazy("%(shown)s message", "%(shown)s messages", "number")
    empty_title = _("No messages yet")
    empty_text = _("E-mails to customers show here as soon as one is sent.")
    empty_icon = "mail"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Begin with the problems, unless this person has chosen another view."""
        if not request.GET and self.kept.first() is None:
            return HttpResponseRedirect(f"{request.path}?{PROBLEM_QUERY}")
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Message]:
        """Return the merchant's messages."""
        return selectors.messages_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table what its links need."""
        return {"merchant_slug": self.request.merchant.slug}


class MessageView(StaffView):
    """A page about one message."""

    def find(self, pk: uuid.UUID) -> Message:
        """Return the merchant's message, or answer 404."""
        found: Message = get_object_or_404(Message.objects.all(), pk=pk)
        return found

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of this room."""
        return reverse(f"messaging:{name}", args=[self.request.merchant.slug, *args])


class MessageDetail(MessageView):
    """One message and what happened to it."""

    role = Role.VIEWER

    def get(self, request: Any, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        message = self.find(pk)
        closed = next(iter(selectors.suppressed([message.to_address]).values()), "")
        follower = selectors.follower_of(pk)
        context = {
            "title": maps.kind_label(message.kind),
            "crumbs": [(_("Deliveries"), self.at("list")), (message.to_address, "")],
            "message": message,
            "status_badge": words.status(message),
            "facts": facts(message, request.merchant.slug),
            "timeline": words.timeline(list(selectors.events_of(pk)), message),
            "closed": SuppressionReason(closed).label if closed else "",
            "handled": handled(message, follower),
            "follower": follower,
        }
        return render(request, "messaging/message.html", context | self._acts(message, closed=closed))

    def _acts(self, message: Message, *, closed: str) -> dict[str, bool]:
        role = self.request.role
        may_act = role >= Role.AGENT and message.status not in (Status.QUEUED, Status.SENDING)
        return {
            "may_correct": may_act,
            "may_resend": may_act and not closed,
            "may_handle": may_act and message.status in PROBLEMS and not message.is_handled,
            "may_lift": bool(closed) and role >= Role.ADMIN,
        }
