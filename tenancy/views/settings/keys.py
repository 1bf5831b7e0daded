"""API keys."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from tenancy import ordering
from tenancy.filters import CallFilter, KeyFilter
from tenancy.forms import KeyForm
from tenancy.lists import StaffListView
from tenancy.models import ApiCall, ApiKey
from tenancy.secrets import decrypt, encrypt
from tenancy.services import keys as services
from tenancy.services.sandboxes import make_sandbox
from tenancy.tables import CallTable, KeyTable
from tenancy.views.settings.base import DialogPage, SettingsPage
from ui.listing import Tab

SESSION_KEY = "new_api_key"


class Keys(SettingsPage, StaffListView):
    """All keys, those in use first; the one that was just made is shown in full, once."""

    section = "keys"
    title = gettext_lazy("Settings")
    template_name = "tenancy/settings/keys.html"
    table_class = KeyTable
    filterset_class = KeyFilter
    sorts = ordering.KEYS
    default_sort = "-created"
    counted = ngettext_lazy("%(shown)s key", "%(shown)s keys", "number")
    empty_icon = "key-round"
    empty_title = gettext_lazy("No keys yet")
    empty_text = gettext_lazy("A till or shop system signs in with a key of its own.")

    def get_queryset(self) -> QuerySet[ApiKey]:
        """Return the merchant's keys."""
        found: QuerySet[ApiKey] = ApiKey.objects.select_related("created_by")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and what time it is."""
        return {"merchant_slug": self.request.merchant.slug, "now": timezone.now()}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the new key; taking it out of the session is what makes it shown once."""
        sealed = self.request.session.pop(SESSION_KEY, "")
        return super().get_context_data(new_key=decrypt(sealed) if sealed else "", **context)


class NewKey(DialogPage):
    """Make a key."""

    section = "keys"
    reauthenticate = True
    title = gettext_lazy("New API key")
    text = gettext_lazy("The key is shown once, on the next page.")
    submit_label = gettext_lazy("Create key")

    def make_form(self, data: Any = None) -> KeyForm:
        """Return the form."""
        return KeyForm(data)

    def save(self, form: KeyForm) -> HttpResponse:
        """Make the key; it waits in the session, encrypted, for the page that shows it."""
        key, text = services.create_key(
            merchant=self.request.merchant,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(),
            actor=self.actor,
            now=timezone.now(),
        )
        self.request.session[SESSION_KEY] = encrypt(text)
        self.say(_("The key %(name)s is made.") % {"name": key.name})
        return HttpResponseRedirect(self.address("keys"))


class Sandbox(DialogPage):
    """Make the merchant's sandbox, or say where it is."""

    section = "keys"
    reauthenticate = True
    title = gettext_lazy("Make a sandbox")
    text = gettext_lazy(
        "A merchant of its own with made-up members, rewards and offers, for trying a till. Nothing done there touches "
        "your own data. Its first key is shown once, on the next page."
    )
    submit_label = gettext_lazy("Make the sandbox")

    def save(self, form: Any) -> HttpResponse:
        """Make it; its key waits in the session, encrypted, for the page that shows it."""
        made = make_sandbox(merchant=self.request.merchant, actor=self.actor, now=timezone.now())
        sandbox, _key, text = made
        if text:
            self.request.session[SESSION_KEY] = encrypt(text)
            self.say(_("The sandbox is made. You are in it now."))
        return HttpResponseRedirect(reverse("tenancy:keys", args=[sandbox.slug]))


class Revoke(DialogPage):
    """Revoke a key."""

    section = "keys"
    title = gettext_lazy("Revoke the key")
    submit_label = gettext_lazy("Revoke")
    tone = "bad"

    def prepare(self) -> None:
        """Find the key; 404 for another merchant's."""
        found = ApiKey.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.key = found

    def save(self, form: Any) -> HttpResponse:
        """Revoke it."""
        key = services.revoke_key(key_id=self.kwargs["pk"], actor=self.actor, now=timezone.now())
        self.say(_("The key %(name)s opens nothing any more.") % {"name": key.name})
        return HttpResponseRedirect(self.address("keys"))

    def more(self) -> dict[str, Any]:
        """Say which key it is."""
        text = _("Whatever uses %(name)s is locked out at once, for good.") % {"name": self.key}
        return {**super().more(), "text": text}


class KeyPage(SettingsPage, StaffListView):
    """One key, and the log of its calls."""

    section = "keys"
    template_name = "tenancy/settings/key.html"
    table_class = CallTable
    filterset_class = CallFilter
    sorts = ordering.CALLS
    default_sort = "-at"
    tabs = (
        Tab(gettext_lazy("All"), counted=False),
        Tab(gettext_lazy("Refused"), "outcome=refused"),
        Tab(gettext_lazy("Failed on our side"), "outcome=failed"),
    )
    counted = ngettext_lazy("%(shown)s call", "%(shown)s calls", "number")
    empty_icon = "key-round"
    empty_title = gettext_lazy("No calls yet")
    empty_text = gettext_lazy("Calls with this key show here about a second after they were answered.")

    def prepare(self) -> None:
        """Find the key; 404 for another merchant's."""
        found = ApiKey.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.key: ApiKey = found

    @property
    def title(self) -> str:
        """The key's name."""
        return self.key.name

    def get_queryset(self) -> QuerySet[ApiCall]:
        """Return its calls."""
        found: QuerySet[ApiCall] = ApiCall.objects.filter(key_id=self.key.pk)
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the key itself."""
        crumbs = [(_("API keys"), self.address("keys")), (self.key.name, "")]
        usable = self.key.is_usable(timezone.now())
        return super().get_context_data(key=self.key, usable=usable, crumbs=crumbs, **context)
