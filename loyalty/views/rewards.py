"""The catalogue of rewards: the list, one reward, its form."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from loyalty import selectors
from loyalty.catalogue_forms import RewardForm
from loyalty.errors import Refused
from loyalty.filters import RewardFilter
from loyalty.models import Reward
from loyalty.ordering import left, standing, times_redeemed
from loyalty.reward_tables import RewardTable, state_badge
from loyalty.services import catalogue
from loyalty.triggers import REWARDS
from tenancy import pictures
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from triggers.page import card
from ui.forms import invalid
from ui.listing import Action, Tab
from ui.sorting import Made


class RewardList(StaffListView):
    """All rewards, with how often each was redeemed."""

    role = Role.VIEWER
    title = _("Rewards")
    template_name = "loyalty/rewards.html"
    table_class = RewardTable
    filterset_class = RewardFilter
    dataset = "rewards"
    sorts = {
        "name": "name",
        "type": "reward_type",
        "cost": "cost_in_points",
        "redeemed": Made(times_redeemed),
        "left": Made(left),
        "state": Made(standing),
        "created": "created_at",
    }
    default_sort = "-created"
    tabs = (Tab(_("All")), Tab(_("In use"), "archived=no"), Tab(_("Archived"), "archived=yes"))
    counted = ngettext_lazy("%(shown)s reward", "%(shown)s rewards", "number")
    empty_title = _("No rewards yet")
    empty_text = _("A reward is what customers get for their points: a code, a gift, money back.")
    empty_icon = "award"

    def get_queryset(self) -> QuerySet[Reward]:
        """Return the merchant's rewards."""
        found: QuerySet[Reward] = Reward.objects.all()
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Count what was redeemed of this page's rewards."""
        ids = [reward.pk for reward in self.page.rows]
        slug = self.request.merchant.slug
        return {
            "merchant_slug": slug,
            "now": timezone.now(),
            "counts": selectors.times_redeemed(ids),
            "left": selectors.taken_of(ids),
        }

    def get_empty_action(self) -> Action | None:
        """Offer to make the first one."""
        may = self.request.role >= Role.ADMIN
        return (
            Action(_("New reward"), reverse("loyalty:reward_new", args=[self.request.merchant.slug])) if may else None
        )


class RewardView(StaffView):
    """What the pages of one reward share."""

    def at(self, name: str, *args: Any) -> str:
        """Return an address of this room."""
        return reverse(f"loyalty:{name}", args=[self.request.merchant.slug, *args])

    def reward(self, reward_id: uuid.UUID) -> Reward:
        """Return the reward, or answer 404."""
        found: Reward = get_object_or_404(Reward, id=reward_id)
        return found

    def crumbs(self, *more: tuple[Any, str]) -> list[tuple[Any, str]]:
        """Return the way here."""
        return [(_("Rewards"), self.at("rewards")), *more]

    def facts_for_service(self) -> dict[str, Any]:
        """Return who does it, and when."""
        return {"actor": self.actor, "now": timezone.now()}


class RewardPage(RewardView):
    """One reward: what it is, how often it was redeemed."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, reward_id: uuid.UUID) -> HttpResponse:
        """Show it."""
        reward = self.reward(reward_id)
        context = {
            "title": reward.name,
            "reward": reward,
            "state": state_badge(reward, now=timezone.now()),
            "facts": selectors.facts_of(reward, slug=self.request.merchant.slug),
            "image_url": pictures.address_of(self.request.merchant.slug, reward.image),
            "crumbs": self.crumbs((reward.name, "")),
        }
        return render(request, "loyalty/reward.html", context | self._triggers(reward))

    def _triggers(self, reward: Reward) -> dict[str, Any]:
        addresses = ("loyalty:reward_triggers", "loyalty:reward_trial")
        merchant = self.request.merchant
        return card(
            target=REWARDS, subject_id=reward.id, addresses=addresses, slug=merchant.slug, currency=merchant.currency
        )


class RewardNew(RewardView):
    """A new reward."""

    role = Role.ADMIN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return render(request, "ui/form_page.html", self._context(self._form(None)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it."""
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return invalid(request, "ui/form_page.html", self._context(form))
        reward = catalogue.create_reward(values=form.values(), **self.facts_for_service())
        self.say(_("The reward was made."))
        return HttpResponseRedirect(self.at("reward", reward.id))

    def _form(self, data: Any, files: Any = None) -> RewardForm:
        return RewardForm(data, files, currency=self.request.merchant.currency)

    def _context(self, form: RewardForm) -> dict[str, Any]:
        here = self.crumbs((_("New reward"), ""))
        return {"title": _("New reward"), "form": form, "cancel_url": self.at("rewards"), "crumbs": here}


class RewardEdit(RewardView):
    """Change a reward."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, reward_id: uuid.UUID) -> HttpResponse:
        """Show the form."""
        reward = self.reward(reward_id)
        form = RewardForm(instance=reward, currency=self.request.merchant.currency)
        return render(request, "ui/form_page.html", self._context(reward, form))

    def post(self, request: HttpRequest, reward_id: uuid.UUID) -> HttpResponse:
        """Save it, unless somebody else did meanwhile."""
        kwargs = {"instance": self.reward(reward_id), "currency": self.request.merchant.currency}
        form = RewardForm(request.POST, request.FILES, **kwargs)
        if not form.is_valid():
            return invalid(request, "ui/form_page.html", self._context(self.reward(reward_id), form))
        version = form.cleaned_data["version"] or 0
        try:
            catalogue.update_reward(
                reward_id=reward_id, values=form.values(), version=version, **self.facts_for_service()
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return invalid(request, "ui/form_page.html", self._context(self.reward(reward_id), form))
        self.say(_("Saved."))
        return HttpResponseRedirect(self.at("reward", reward_id))

    def _context(self, reward: Reward, form: RewardForm) -> dict[str, Any]:
        here = self.crumbs((reward.name, self.at("reward", reward.id)), (_("Edit"), ""))
        title = _("Edit %(reward)s") % {"reward": reward.name}
        return {"title": title, "form": form, "cancel_url": self.at("reward", reward.id), "crumbs": here}


class RewardArchive(RewardView):
    """Take a reward out of the catalogue."""

    role = Role.ADMIN
    archived = True

    def post(self, request: HttpRequest, reward_id: uuid.UUID) -> HttpResponse:
        """Do it."""
        reward = self.reward(reward_id)
        catalogue.archive_reward(reward_id=reward.id, archived=self.archived, **self.facts_for_service())
        self.say(_("The reward was archived.") if self.archived else _("The reward is back in the catalogue."))
        return HttpResponseRedirect(self.at("reward", reward.id))


class RewardRestore(RewardArchive):
    """Bring it back."""

    role = Role.ADMIN
    archived = False


class RewardClone(RewardView):
    """Make another one like it."""

    role = Role.ADMIN

    def post(self, request: HttpRequest, reward_id: uuid.UUID) -> HttpResponse:
        """Make it, and open its form."""
        reward = self.reward(reward_id)
        clone = catalogue.clone_reward(reward_id=reward.id, op_key=uuid.uuid4(), **self.facts_for_service())
        self.say(
            _(
                "The reward was cloned. Its active period is over, until you say otherwise. "
                "Its triggers, if it has any, are switched off."
            )
        )
        return HttpResponseRedirect(self.at("reward_edit", clone.id))
