"""`/`: the door to everything else."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from tenancy.roles import Role
from tenancy.selectors import memberships_of

# From this number on the chooser has a search box.
MANY = 8
MOST_SHOWN = 200


@method_decorator(never_cache, name="dispatch")
class Home(LoginRequiredMixin, TemplateView):
    """Sign-in, the only merchant's Claims Center, or a choice of merchants."""

    template_name = "tenancy/chooser.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go where there is only one place to go, else offer the choice."""
        found = memberships_of(request.user)  # type: ignore[arg-type]
        text = request.GET.get("q", "").strip()
        matching = found.filter(merchant__name__icontains=text) if text else found
        rows = list(matching[: MOST_SHOWN + 1])
        if len(rows) == 1 and not text:
            return HttpResponseRedirect(start_of(rows[0].merchant))
        has_search = bool(text) or len(rows) >= MANY
        context = self.get_context_data(rows=self._lines(rows[:MOST_SHOWN]), q=text, has_search=has_search)
        context["is_cut"] = len(rows) > MOST_SHOWN
        context["title"] = _("Choose a merchant") if rows or text else _("No merchant yet")
        return self.render_to_response(context)

    def _lines(self, rows: list[Any]) -> list[dict[str, str]]:
        return [
            {"name": row.merchant.name, "url": start_of(row.merchant), "role": str(Role(row.role).label)}
            for row in rows
        ]


def start_of(merchant: Any) -> str:
    """Return the address of the page that a merchant's staff begin on."""
    return reverse("tenancy:start", args=[merchant.slug])
