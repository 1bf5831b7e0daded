"""The settings of cashback: the merchant's account at PayTM, and whether it works."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from loyalty.cashback.forms import AccountForm
from loyalty.models import CashbackAccount
from loyalty.services import accounts
from tenancy.roles import Role
from tenancy.views.settings.base import FormPage, SettingsPage

PROVIDER = "paytm"


class CashbackSettings(FormPage):
    """Address, ids and key; below them what the last test said. `?part` answers with the test alone."""

    role = Role.OWNER
    section = "loyalty:cashback"
    title = _("Settings")
    template_name = "loyalty/cashback_settings.html"

    @cached_property
    def account(self) -> CashbackAccount | None:
        """The account, if one is set up."""
        found: CashbackAccount | None = CashbackAccount.objects.filter(provider=PROVIDER).first()
        return found

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, or how the test stands."""
        if "part" in request.GET:
            return render(request, "loyalty/parts/account_test.html", self.more())
        return super().get(request, *args, **kwargs)

    def make_form(self, data: Any = None) -> AccountForm:
        """Return the form."""
        return AccountForm(data, account=self.account)

    def save(self, form: AccountForm) -> HttpResponse:
        """Save it."""
        values = dict(form.cleaned_data)
        key = values.pop("key")
        accounts.save_account(provider=PROVIDER, values=values, key=key, actor=self.actor, now=timezone.now())
        self.say(_("Saved."))
        return HttpResponseRedirect(self.address(self.section))

    def more(self) -> dict[str, Any]:
        """Add the account, and where a running test is looked at again."""
        is_testing = self.account is not None and self.account.is_being_tested(at=timezone.now())
        return {"account": self.account, "poll_url": f"{self.request.path}?part=1" if is_testing else ""}


class CashbackTest(SettingsPage):
    """Test the connection."""

    role = Role.OWNER

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have a job test it."""
        try:
            accounts.test_account(provider=PROVIDER, actor=self.actor, now=timezone.now())
        except CashbackAccount.DoesNotExist as error:
            raise Http404 from error
        return HttpResponseRedirect(self.address("loyalty:cashback"))
