"""What a funnel's page shows, put together."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_center import wording
from claims_center.catalogue import qr, words
from claims_center.catalogue.figures import chosen_period, performance
from claims_center.catalogue.readiness import checks_of
from claims_center.models import Funnel, FunnelState, Listing, Via
from ui import cells, locale
from ui.timeline import Fact

OVER = (FunnelState.DRAFT, FunnelState.ENDED, FunnelState.CLOSED)


def funnel_page(funnel: Funnel, request: Any, now: datetime) -> dict[str, Any]:
    """Return the context of a funnel's page."""
    state = funnel.state(now)
    return {
        "funnel": funnel,
        "state_badge": words.funnel_state(state),
        "can_publish": state in (FunnelState.DRAFT, FunnelState.CLOSED),
        "can_close": state not in (FunnelState.DRAFT, FunnelState.CLOSED, FunnelState.ARCHIVED),
        "can_archive": state in OVER,
        "can_restore": state == FunnelState.ARCHIVED,
        "is_public": state != FunnelState.DRAFT,
        "checks": checks_of(funnel, now) if state in (FunnelState.DRAFT, FunnelState.CLOSED) else [],
        "facts": facts(funnel),
        "texts": texts(funnel),
        "products": products(funnel),
        **addresses(funnel, request),
        **performance(funnel, chosen_period(request.GET), request.merchant.slug),
    }


def addresses(funnel: Funnel, request: Any) -> dict[str, Any]:
    """Return every address that leads to the funnel: the page, one for links, one for inserts, and former ones."""
    page = request.build_absolute_uri(reverse("funnel:product", args=[request.merchant.slug, funnel.slug]))
    return {
        "public_url": page,
        "link_url": f"{page}?via={Via.LINK.value}",
        "short_url": qr.short_url(request, funnel),
        "former": list(funnel.former_addresses.order_by("created_at").values_list("slug", flat=True)),
    }


def facts(funnel: Funnel) -> list[Fact]:
    """Return what the funnel gives, when, and what it asks."""
    age = funnel.max_order_age_days
    return [
        Fact(_("Promotion"), funnel.promotion.name),
        Fact(_("Open"), f"{words.period(funnel)} ({locale.zone_name()})"),
        Fact(_("Order number"), funnel.get_order_number_display()),
        Fact(_("Order age"), _("at most %(n)d days") % {"n": age} if age else _("any")),
        Fact(
            _("Least feedback"),
            _("%(n)d characters") % {"n": funnel.min_feedback} if funnel.min_feedback else _("none"),
        ),
        Fact(_("Asks for"), _asked(funnel)),
        Fact(_("Reminds"), _reminder(funnel)),
        Fact(_("When no code is left"), _("stops") if funnel.stop_when_sold_out else _("claims wait for one")),
        Fact(_("Verifies by itself"), cells.yes_no(funnel.auto_verify)),
        Fact(_("Sends by itself"), cells.yes_no(funnel.auto_send)),
    ]


def _asked(funnel: Funnel) -> str:
    asked = [
        name for name, is_asked in ((_("rating"), funnel.ask_rating), (_("feedback"), funnel.ask_feedback)) if is_asked
    ]
    return " + ".join(asked) or _("no opinion")


def _reminder(funnel: Funnel) -> str:
    hours = funnel.remind_after_hours
    return ngettext("after %(n)d hour", "after %(n)d hours", hours) % {"n": hours} if hours else _("nobody")


def texts(funnel: Funnel) -> list[Fact]:
    """Return the merchant's own words, where there are any."""
    return [Fact(str(text.label), own) for text in wording.TEXTS if (own := wording.own(funnel, text.name))]


def products(funnel: Funnel) -> list[dict[str, Any]]:
    """Return the funnel's products with the marketplaces where customers can choose them, in two queries."""
    rows = list(funnel.funnel_products.select_related("product").order_by("position", "product__title"))
    listings = Listing.objects.filter(product__in=[row.product_id for row in rows], archived_at__isnull=True)
    places: dict[Any, list[str]] = {}
    for one in listings.order_by("marketplace", "region"):
        places.setdefault(one.product_id, []).append(f"{one.get_marketplace_display()} {one.region}".strip())
    return [{"product": row.product, "places": ", ".join(places.get(row.product_id, []))} for row in rows]
