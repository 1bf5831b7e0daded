"""What an owner does with endpoints: make, change, try, switch, give a new secret, remove."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging.webhooks import services
from messaging.webhooks.forms import EndpointForm
from messaging.webhooks.models import WebhookEndpoint
from messaging.webhooks.views.endpoints import NEW_SECRET, SECTION, EndpointFound
from tenancy.errors import Refused
from tenancy.secrets import encrypt
from tenancy.views.settings.base import DialogPage, FormPage


class EndpointNew(FormPage):
    """Make an endpoint; its secret is shown on its page, once."""

    section = SECTION
    reauthenticate = True
    title = _("New webhook endpoint")

    def make_form(self, data: Any = None) -> EndpointForm:
        """Return the form."""
        return EndpointForm(data)

    def save(self, form: EndpointForm) -> HttpResponse:
        """Make it."""
        endpoint, secret = services.create_endpoint(**form.values(), actor=self.actor, now=timezone.now())
        self.request.session[NEW_SECRET] = [str(endpoint.pk), encrypt(secret)]
        self.say(_now("The endpoint %(name)s is made.") % {"name": endpoint.name})
        return HttpResponseRedirect(self.address("messaging:endpoint", endpoint.pk))

    def more(self) -> dict[str, Any]:
        """Say where to go instead."""
        return {"submit_label": _("Create endpoint"), "cancel_url": self.address(SECTION)}


class EndpointEdit(EndpointFound, FormPage):
    """Change name, address and events."""

    section = SECTION
    reauthenticate = True
    title = _("Change the endpoint")

    def make_form(self, data: Any = None) -> EndpointForm:
        """Return the form."""
        return EndpointForm(data, endpoint=self.endpoint)

    def save(self, form: EndpointForm) -> HttpResponse:
        """Change it."""
        services.change_endpoint(
            endpoint_id=self.endpoint.pk,
            version=form.cleaned_data["version"] or 0,
            **form.values(),
            actor=self.actor,
            now=timezone.now(),
        )
        self.say(_now("Saved."))
        return HttpResponseRedirect(self.address("messaging:endpoint", self.endpoint.pk))

    def more(self) -> dict[str, Any]:
        """Say where to go instead."""
        return {"cancel_url": self.address("messaging:endpoint", self.endpoint.pk)}


class EndpointAct(EndpointFound, DialogPage):
    """One act on an endpoint: GET asks, POST does it once and goes back to its page."""

    section = SECTION

    def save(self, form: Any) -> HttpResponse:
        """Do it, or say why not."""
        try:
            self.perform(self.endpoint)
        except Refused as refusal:
            self.warn(str(refusal))
        return self.back_to(self.page_url())

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Call the service and say what was done."""
        raise NotImplementedError

    def page_url(self) -> str:
        """Return the address of the endpoint's page."""
        return self.address("messaging:endpoint", self.endpoint.pk)

    def more(self) -> dict[str, Any]:
        """Go back to the endpoint's page."""
        return super().more() | {"cancel_url": self.page_url()}


class EndpointRotate(EndpointAct):
    """Give it a new secret."""

    reauthenticate = True
    title = _("New secret")
    text = _("The new secret is shown once, on the next page. For 24 hours every message is signed with both.")
    submit_label = _("Make a new secret")

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Make it; it waits in the session, encrypted, for the page that shows it."""
        _found, secret = services.rotate_secret(endpoint_id=endpoint.pk, actor=self.actor, now=timezone.now())
        self.request.session[NEW_SECRET] = [str(endpoint.pk), encrypt(secret)]
        self.say(_now("The endpoint has a new secret."))


class EndpointSecret(EndpointAct):
    """Show the secret again."""

    reauthenticate = True
    title = _("Show the secret")
    text = _("The secret is shown once more, on the next page. The audit log says that you looked at it.")
    submit_label = _("Show the secret")

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Read it; it waits in the session, encrypted, for the page that shows it."""
        secret = services.reveal_secret(endpoint_id=endpoint.pk, actor=self.actor, now=timezone.now())
        self.request.session[NEW_SECRET] = [str(endpoint.pk), encrypt(secret)]


class EndpointOn(EndpointAct):
    """Switch it on."""

    title = _("Switch the endpoint on")
    text = _("It hears of what happens from now on. What happened while it was off can be sent from its log.")
    submit_label = _("Switch on")

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Switch it on."""
        services.switch(endpoint_id=endpoint.pk, on=True, actor=self.actor, now=timezone.now())
        self.say(_now("The endpoint is on."))


class EndpointOff(EndpointAct):
    """Switch it off."""

    title = _("Switch the endpoint off")
    text = _("Nothing is sent to it until it is switched on again; what happens meanwhile is not kept for it.")
    submit_label = _("Switch off")

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Switch it off."""
        services.switch(endpoint_id=endpoint.pk, on=False, actor=self.actor, now=timezone.now())
        self.say(_now("The endpoint is off."))


class EndpointTest(EndpointAct):
    """Send a test event."""

    title = _("Send test event")
    text = _("A message of the type “webhook.test” goes out at once, signed like all others.")
    submit_label = _("Send test event")

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Put it down."""
        self.delivery = services.send_test(endpoint_id=endpoint.pk, actor=self.actor, now=timezone.now())
        self.say(_now("The test is on its way."))

    def page_url(self) -> str:
        """Show what becomes of it."""
        found = getattr(self, "delivery", None)
        return self.address("messaging:webhook", found.pk) if found else super().page_url()


class EndpointResend(EndpointAct):
    """Send again what failed."""

    title = _("Send again what failed")
    text = _("Everything of the last seven days that failed or was not sent goes out again, a thousand at most.")
    submit_label = _("Send again")

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Put it down."""
        count = services.resend_failed(endpoint_id=endpoint.pk, actor=self.actor, now=timezone.now())
        self.say(
            ngettext("%(n)s message is on its way again.", "%(n)s messages are on their way again.", count)
            % {"n": count}
        )


class EndpointRemove(EndpointAct):
    """Remove it."""

    title = _("Remove the endpoint")
    text = _("Nothing is sent to it any more and its secret is forgotten. Its log stays until the clean-up removes it.")
    submit_label = _("Remove")
    tone = "bad"

    def perform(self, endpoint: WebhookEndpoint) -> None:
        """Remove it."""
        services.remove_endpoint(endpoint_id=endpoint.pk, actor=self.actor, now=timezone.now())
        self.say(_now("The endpoint %(name)s is removed.") % {"name": endpoint.name})

    def page_url(self) -> str:
        """Go to the list: the page is gone."""
        return self.address(SECTION)
