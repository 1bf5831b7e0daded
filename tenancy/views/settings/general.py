"""Name, zone, language, money, e-mail, security, colour."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.branding import LIGHT_GROUND, readable_on
from tenancy.forms import BrandingForm, GeneralForm
from tenancy.services.merchants import change_settings, mark_of
from tenancy.views.settings.base import FormPage, SettingsPage


class Settings(SettingsPage):
    """/settings/: the first section."""

    def get(self, request: Any) -> HttpResponse:
        """Redirect there."""
        return HttpResponseRedirect(self.address("general"))


class General(FormPage):
    """What the merchant is called and where it is at home."""

    section = "general"
    title = gettext_lazy("Settings")

    def make_form(self, data: Any = None) -> GeneralForm:
        """Return the form with the merchant's values."""
        merchant = self.request.merchant
        return GeneralForm(data, initial=GeneralForm.initial_for(merchant) | {"seen": mark_of(merchant=merchant)})

    def save(self, form: GeneralForm) -> HttpResponse:
        """Save the settings."""
        seen = form.cleaned_data["seen"]
        change_settings(merchant=self.request.merchant, values=form.values(), actor=self.actor, seen=seen)
        self.say(_("The settings are saved."))
        return HttpResponseRedirect(self.address("general"))


class Branding(FormPage):
    """The merchant's colour."""

    section = "branding"
    title = gettext_lazy("Settings")

    def make_form(self, data: Any = None) -> BrandingForm:
        """Return the form with the merchant's colour."""
        return BrandingForm(data, initial={"accent": self.request.merchant.accent})

    def save(self, form: BrandingForm) -> HttpResponse:
        """Save the colour; say so where it is too pale to be read and a darker shade is used."""
        accent = form.cleaned_data["accent"]
        change_settings(merchant=self.request.merchant, values={"accent": accent}, actor=self.actor)
        used = readable_on(accent, LIGHT_GROUND) if accent else ""
        if used != accent:
            self.say(
                _("Saved. %(accent)s is hard to read on white, so pages use %(used)s.")
                % {"accent": accent, "used": used}
            )
        else:
            self.say(_("The colour is saved."))
        return HttpResponseRedirect(self.address("branding"))
