"""Redeeming a reward for a customer: from the customer's page, or from the reward's."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty import granting
from loyalty.errors import Refused
from loyalty.forms import RedeemForm
from loyalty.models import Reward
from loyalty.rules import judge
from loyalty.services.redeeming import redeem
from loyalty.states import Source
from tenancy.ids import new_id
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.htmx import dialog_base, vary_on_htmx

CONFLICT = 409


class GrantingView(StaffView):
    """What the pages share: finding the two, and the way back to either."""

    role = Role.ADMIN

    def at(self, name: str, *args: Any) -> str:
        """Return an address of this room."""
        return reverse(f"loyalty:{name}", args=[self.request.merchant.slug, *args])

    def customer_page(self, customer: Customer) -> str:
        """Return the customer's page with its rewards."""
        return reverse("cockpit:customer", args=[self.request.merchant.slug, customer.id]) + "?tab=rewards"

    def customer(self, customer_id: uuid.UUID) -> Customer:
        """Return a customer who was not erased, or answer 404."""
        found: Customer = get_object_or_404(Customer, id=customer_id, erased_at=None)
        return found

    def reward(self, reward_id: uuid.UUID) -> Reward:
        """Return a reward, or answer 404."""
        found: Reward = get_object_or_404(Reward.objects.select_related("pool"), id=reward_id)
        return found


class PickReward(GrantingView):
    """The catalogue as it stands for one customer: what can be redeemed, and why the rest cannot.

    Everybody may look, so that whoever is asked can answer; administrators redeem.
    """

    role = Role.VIEWER

    def get(self, request: HttpRequest, customer_id: uuid.UUID) -> HttpResponse:
        """Show it."""
        customer, text = self.customer(customer_id), request.GET.get("q", "")
        found = granting.rewards_for(customer_id=customer.id, text=text, at=timezone.now())
        title = _("Redeem a reward") if self.request.role >= Role.ADMIN else _("Rewards for this customer")
        context = {
            "title": title,
            "customer": customer,
            "q": text,
            "rewards": found,
            "crumbs": [(customer.known_as, self.customer_page(customer)), (title, "")],
        }
        return render(request, "loyalty/pick_reward.html", context)


class PickCustomer(GrantingView):
    """For whom a reward is redeemed: a search among the customers."""

    def get(self, request: HttpRequest, reward_id: uuid.UUID) -> HttpResponse:
        """Show the search, and whom it finds."""
        reward, text = self.reward(reward_id), request.GET.get("q", "")
        context = {
            "title": _("Redeem for a customer"),
            "reward": reward,
            "q": text,
            "found": granting.candidates(text=text, at=timezone.now()),
            "most": granting.MOST_CUSTOMERS,
            "crumbs": [
                (_("Rewards"), self.at("rewards")),
                (reward.name, self.at("reward", reward.id)),
                (_("Redeem for a customer"), ""),
            ],
        }
        return render(request, "loyalty/pick_customer.html", context)


class RedeemView(GrantingView):
    """What redeeming will take and give; then it is done, once however often the button is pressed."""

    def get(self, request: HttpRequest, customer_id: uuid.UUID, reward_id: uuid.UUID) -> HttpResponse:
        """Show cost, balance, lots and rules, and ask."""
        reward = self.reward(reward_id)
        form = RedeemForm(initial={"key": new_id(), "cost": reward.cost_in_points})
        return self._ask(self.customer(customer_id), reward, form)

    def post(self, request: HttpRequest, customer_id: uuid.UUID, reward_id: uuid.UUID) -> HttpResponse:
        """Redeem, or say why not."""
        customer, reward = self.customer(customer_id), self.reward(reward_id)
        form = RedeemForm(request.POST)
        if not form.is_valid():
            return self._ask(customer, reward, form, status=422)
        given = form.cleaned_data
        try:
            row = redeem(
                reward_id=reward.id,
                customer_id=customer.id,
                op_key=f"staff:{given['key']}",
                source=Source.GRANTED if given["way"] == RedeemForm.FREE else Source.ADMIN,
                actor=self.actor,
                now=timezone.now(),
                **form.agreed(),
            )
        except Refused as refusal:
            return self._ask_anew(customer, reward_id, refusal)
        self.say(_("%(reward)s was redeemed.") % {"reward": row.reward_name})
        return HttpResponseRedirect(self.at("redeemed_detail", row.id))

    def _ask_anew(self, customer: Customer, reward_id: uuid.UUID, refusal: Refused) -> HttpResponse:
        """Ask again with what was typed, and with the cost as it is now."""
        reward, typed = self.reward(reward_id), self.request.POST.copy()
        typed["cost"] = str(reward.cost_in_points)
        return self._ask(customer, reward, RedeemForm(typed), status=CONFLICT, refusal=refusal)

    def _ask(
        self, customer: Customer, reward: Reward, form: RedeemForm, *, status: int = 200, refusal: Refused | None = None
    ) -> HttpResponse:
        now, who = timezone.now(), customer.known_as
        context = {
            "title": _now("Redeem %(reward)s") % {"reward": reward.name},
            "customer": customer,
            "who": who,
            "judged": judge(rewards=[reward], customer_id=customer.id, at=now)[0],
            "cost": granting.cost_of(reward=reward, customer_id=customer.id, at=now),
            "form": form,
            "problem": granting.sentence_for_staff(refusal) if refusal else "",
            "cancel_url": self.customer_page(customer),
            "crumbs": self._crumbs(customer, who, reward),
        }
        return render(self.request, "loyalty/redeem.html", context, status=status)

    def _crumbs(self, customer: Customer, who: str, reward: Reward) -> list[tuple[Any, str]]:
        picking = (_("Redeem a reward"), self.at("pick_reward", customer.id))
        return [(who, self.customer_page(customer)), picking, (reward.name, "")]


class WhyView(GrantingView):
    """Why a customer can or cannot redeem a reward now: each rule, passed or not, and what would fix it."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, customer_id: uuid.UUID, reward_id: uuid.UUID) -> HttpResponse:
        """Show it, in the dialog or as a page of its own."""
        customer, reward = self.customer(customer_id), self.reward(reward_id)
        context = {
            "dialog_base": dialog_base(request),
            "title": _now("Why? %(reward)s for %(customer)s") % {"reward": reward.name, "customer": customer.known_as},
            "judged": judge(rewards=[reward], customer_id=customer.id, at=timezone.now())[0],
            "cancel_url": self.customer_page(customer),
        }
        return vary_on_htmx(render(request, "loyalty/why.html", context))
