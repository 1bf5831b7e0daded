"""The form of an endpoint."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from messaging.webhooks import maps
from messaging.webhooks.models import WebhookEndpoint
from tenancy.outbound import OutboundError, check_address, is_public
from ui.forms import StyledForm

LOCAL = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})


class EventsField(forms.MultipleChoiceField):
    """The events of one kind of document."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(
            choices=lambda: [(one.name, one.label) for one in maps.events().values() if one.builder == kind],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            **kwargs,
        )


class EndpointForm(StyledForm):
    """Name, address, events; with an endpoint, the version that was read."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which system listens there."))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput({"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}),
        help_text=_("HTTPS only. Redirects are not followed, private networks are not reached."),
    )
    responses = EventsField("response", label=_("Offer responses"))
    rewards = EventsField("reward", label=_("Redeemed rewards"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**9)
    groups = ((_("Events to tell it"), ("responses", "rewards")),)
    half = ("responses", "rewards")

    def __init__(self, *args: Any, endpoint: WebhookEndpoint | None = None, **kwargs: Any) -> None:
        if endpoint is not None:
            known = {name: getattr(endpoint, name) for name in ("name", "url", "version")}
            kwargs.setdefault("initial", known | {"responses": endpoint.events, "rewards": endpoint.events})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for one event at least."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("responses") and not data.get("rewards") and not {"responses", "rewards"} & set(self.errors):
            self.add_error("responses", _("Choose at least one of the events."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        data = self.cleaned_data
        return {"name": data["name"], "url": data["url"], "events": [*data["responses"], *data["rewards"]]}

    def clean_url(self) -> str:
        """Refuse an address that nothing is ever sent to; what its name leads to is looked at each time."""
        url: str = self.cleaned_data["url"].strip()
        try:
            check_address(url)
        except OutboundError as error:
            raise forms.ValidationError(error.sentence) from error
        if not settings.OUTBOUND_ALLOW_PRIVATE and _is_private(urlsplit(url).hostname or ""):
            raise forms.ValidationError(_("This address leads into a private network."))
        return url


def _is_private(host: str) -> bool:
    """Say whether a host is a private address as it is written; names are looked up when something is sent."""
    try:
        return not is_public(host)
    except ValueError:
        return host.rstrip(".").lower() in LOCAL or _is_number(host)


def _is_number(host: str) -> bool:
    # 127.1, 2130706433 and 0x7f000001 are addresses to some resolvers, and to no honest system.
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdigit() or last.startswith("0x")
