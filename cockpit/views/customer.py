"""A customer's page, and changing contact details."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_center.signals import signals_of_customer
from cockpit import customer_page as page
from cockpit import services
from cockpit.tabs import TABS
from customers.forms import ContactForm
from customers.models import Customer
from ledger.selectors import holding
from ledger.units import Unit
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import invalid


class CustomerPage(StaffView):
    """Everything about one customer."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, customer_id: uuid.UUID) -> HttpResponse:
        """Draw the page with the tab that was asked for, the timeline without one."""
        customer: Customer = get_object_or_404(Customer, id=customer_id)
        chosen = request.GET.get("tab", "")
        tab = TABS.get(chosen)
        now, slug = timezone.now(), self.request.merchant.slug
        pattern = page.pattern_of(customer)
        context = {
            **self._head(customer),
            "pattern": pattern,
            "pattern_facts": page.pattern_facts(pattern),
            "signals": signals_of_customer(customer.id),
            "points": holding(customer_id=customer.id, unit=Unit.POINT, at=now),
            "tabs": self._tabs(chosen if tab else "", pattern.claims),
            "tab_template": tab.template if tab else "cockpit/tabs/timeline.html",
        }
        context |= tab.gather(customer, slug, now) if tab else {"timeline": page.timeline_of(customer, slug)}
        return render(request, "cockpit/customer.html", context)

    def _head(self, customer: Customer) -> dict[str, Any]:
        list_url = reverse("customers:list", args=[self.request.merchant.slug])
        return {
            "customer": customer,
            "title": customer.known_as,
            "crumbs": [(_("Customers"), list_url), (customer.known_as, "")],
            "contact": page.contact(customer),
            "address": page.address(customer),
        }

    def _tabs(self, chosen: str, claims: int) -> list[dict[str, Any]]:
        counts = {"claims": claims}
        names = [("", _("Timeline")), *((name, tab.label) for name, tab in TABS.items())]
        return [
            {
                "label": label,
                "url": f"?tab={name}" if name else self.request.path,
                "active": name == chosen,
                "count": counts.get(name),
            }
            for name, label in names
        ]


class CustomerEdit(StaffView):
    """Changing contact details and address."""

    role = Role.AGENT
    title = gettext_lazy("Edit customer")

    def get(self, request: HttpRequest, customer_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        customer: Customer = get_object_or_404(Customer, id=customer_id, erased_at=None)
        return render(request, "ui/form_page.html", self._context(customer, ContactForm(instance=customer)))

    def post(self, request: HttpRequest, customer_id: uuid.UUID) -> HttpResponse:
        """Change what was typed, or say what is wrong with it; who was erased stays so."""
        held = Customer.objects.select_for_update(no_key=True)
        customer: Customer = get_object_or_404(held, id=customer_id, erased_at=None)
        form = ContactForm(request.POST, instance=Customer.objects.get(id=customer_id))
        if form.is_valid() and self._change(customer, form):
            self.say(_("The customer was changed."))
            return HttpResponseRedirect(self._url(customer))
        return invalid(request, "ui/form_page.html", self._context(customer, form))

    def _change(self, customer: Customer, form: ContactForm) -> bool:
        try:
            with transaction.atomic():
                services.change_contact(
                    customer=customer, values=form.cleaned_data, actor=self.actor, now=timezone.now()
                )
        except IntegrityError:
            form.add_error(None, _("Another customer has just taken this e-mail address or card number."))
            return False
        return True

    def _url(self, customer: Customer) -> str:
        return reverse("cockpit:customer", args=[self.request.merchant.slug, customer.id])

    def _context(self, customer: Customer, form: ContactForm) -> dict[str, Any]:
        listed = reverse("customers:list", args=[self.request.merchant.slug])
        crumbs = [(_("Customers"), listed), (customer.known_as, self._url(customer)), (self.title, "")]
        return {"title": self.title, "form": form, "cancel_url": self._url(customer), "crumbs": crumbs}
