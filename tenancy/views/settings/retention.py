"""How long records are kept."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy import keeping
from tenancy.forms import RetentionForm
from tenancy.services.retention import save_retention
from tenancy.views.settings.base import FormPage


class RetentionPage(FormPage):
    """Every kind of record with how long it is kept: what owners choose, then what nobody chooses."""

    section = "retention"
    title = gettext_lazy("Settings")
    template_name = "tenancy/settings/retention.html"

    def make_form(self, data: Any = None) -> RetentionForm:
        """Return the form with the merchant's periods."""
        return RetentionForm(data, periods=keeping.retention(), records=keeping.records())

    def save(self, form: RetentionForm) -> HttpResponse:
        """Save what was chosen."""
        save_retention(
            merchant=self.request.merchant,
            periods=form.periods(),
            version=form.cleaned_data["version"],
            actor=self.actor,
            now=timezone.now(),
        )
        self.say(_("Saved. The next clean-up goes by it."))
        return HttpResponseRedirect(self.address("retention"))

    def more(self) -> dict[str, Any]:
        """Add what is not for the merchant to choose, and how the clean-up ended last."""
        fixed = [record for record in keeping.records() if not record.period]
        return {"fixed": fixed, "last": keeping.last_run(), "jobs_url": self.address("jobs:list")}
