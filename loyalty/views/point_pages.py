"""Pages of points that are no lists: the rules, the report, what will expire, a customer's statement."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty import point_report
from loyalty.point_forms import DayForm, SettingsForm
from loyalty.point_statement import statement_context
from loyalty.services.catalogue import mark_of, save_settings
from loyalty.services.purchases import settings_of_merchant
from tenancy.days import start_of_day
from tenancy.roles import Role
from tenancy.views import StaffView
from tenancy.views.settings.base import FormPage


class PointSettings(FormPage):
    """The rules for points: how purchases earn, how long points last, who has to agree."""

    role = Role.OWNER
    section = "loyalty:settings"
    title = _("Settings")

    def make_form(self, data: Any = None) -> SettingsForm:
        """Return the form with the merchant's rules, or with what holds while there are none."""
        found = settings_of_merchant()
        return SettingsForm(data, instance=found, initial={"seen": mark_of(settings=found)})

    def save(self, form: SettingsForm) -> HttpResponse:
        """Save the rules; what was earned keeps its own end."""
        save_settings(values=form.values(), actor=self.actor, now=timezone.now(), seen=form.cleaned_data["seen"])
        self.say(_now("The rules for points are saved. They hold for what is earned from now on."))
        return HttpResponseRedirect(self.address(self.section))


class PointReport(StaffView):
    """What was issued, spent and expired, what is owed, what will end."""

    role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the report."""
        at = timezone.now()
        found = point_report.report(at=at, zone=timezone.get_current_timezone())
        context = {
            "title": _("Points"),
            "report": found,
            "totals": {name: found.total(name) for name in ("issued", "spent", "expired", "revoked")},
            "months": point_report.months_chart(found),
            "forecast": point_report.forecast_chart(found) if found.ending else "",
            "worth": found.worth(found.owed.outstanding),
        }
        return render(request, "loyalty/points/report.html", context)


class ExpiringPoints(StaffView):
    """What the next sweeps will expire, customer by customer."""

    role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw what ends by the day that was asked for, today without one."""
        now = timezone.now()
        day, form = _day(request, now)
        until = start_of_day(day + timedelta(days=1), timezone.get_current_timezone())
        context = {
            "title": _("Expiring points"),
            "crumbs": [
                (_("Points"), reverse("loyalty:points", args=[self.request.merchant.slug])),
                (self._title(), ""),
            ],
            "form": form,
            "day": day,
            "overdue": point_report.ending_by(until=now),
            "totals": point_report.ending_by(until=until),
            "rows": point_report.losing(until=until),
            "now": now,
        }
        return render(request, "loyalty/points/expiring.html", context)

    @staticmethod
    def _title() -> str:
        return _now("Expiring points")


class StatementPage(StaffView):
    """A customer's points line by line, from now or from the end of a day back."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, customer_id: uuid.UUID) -> HttpResponse:
        """Draw a page of the statement."""
        customer: Customer = get_object_or_404(Customer, id=customer_id)
        now = timezone.now()
        day, form = _day(request, now)
        is_past = bool(request.GET.get("on")) and form.is_valid()
        context = statement_context(
            customer,
            slug=self.request.merchant.slug,
            day=day if is_past else None,
            before=request.GET.get("before", ""),
            now=now,
        )
        return render(request, "loyalty/points/statement.html", {**context, "form": form})


def _day(request: HttpRequest, now: datetime) -> tuple[date, DayForm]:
    """Return the day that is asked for, today where none is or it is none, with the form that asks."""
    today = timezone.localdate(now)
    form = DayForm(request.GET) if request.GET.get("on") else DayForm(initial={"on": today})
    if form.is_bound and form.is_valid():
        day: date = form.cleaned_data["on"]
        return day, form
    return today, form
