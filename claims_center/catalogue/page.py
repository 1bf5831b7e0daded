"""What a funnel's page shows, put together."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims_center.catalogue import selectors, words
from claims_center.models import Funnel, FunnelState, Listing
from ui import cells, locale
from ui.charts import Bar, funnel_chart
from ui.timeline import Fact


def funnel_page(funnel: Funnel, request: Any, now: datetime) -> dict[str, Any]:
    """Return the context of a funnel's page."""
    state = funnel.state(now)
    return {
        "funnel": funnel,
        "state_badge": words.funnel_state(state),
        "can_publish": state in (FunnelState.DRAFT, FunnelState.CLOSED),
        "can_close": state not in (FunnelState.DRAFT, FunnelState.CLOSED),
        "is_public": state != FunnelState.DRAFT,
        **figures(funnel, request.merchant.slug),
        "facts": facts(funnel),
        "texts": texts(funnel),
        "products": products(funnel),
    }


def figures(funnel: Funnel, slug: str) -> dict[str, Any]:
    """Return the steps as a chart, and the clicks on Share, which are beside the way; claims lead to their list."""
    found = selectors.performance_of([funnel.pk])[funnel.pk]
    claims = f"/m/{slug}/claims/?funnel={funnel.pk}"
    steps = [
        Bar(_("Visits"), found.visits),
        Bar(_("Started"), found.started),
        Bar(_("Submitted"), found.submitted, claims),
        Bar(_("Processed"), found.processed, f"{claims}&status=processed"),
    ]
    return {
        "chart": funnel_chart(steps, title=_("From visit to processed claim")),
        "shared": locale.number(found.shared),
        "shared_share": locale.percent(found.shared / found.submitted) if found.submitted else "",
        "shared_url": f"{claims}&did_redirect=yes",
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
        Fact(_("Verifies by itself"), cells.yes_no(funnel.auto_verify)),
        Fact(_("Sends by itself"), cells.yes_no(funnel.auto_send)),
    ]


def texts(funnel: Funnel) -> list[Fact]:
    """Return the merchant's own words, where there are any."""
    given = [
        (_("Headline"), funnel.headline),
        (_("Introduction"), funnel.intro),
        (_("Question for the feedback"), funnel.feedback_prompt),
        (_("Text after the claim"), funnel.thanks),
        (_("Terms"), funnel.terms),
    ]
    return [Fact(label, text) for label, text in given if text]


def products(funnel: Funnel) -> list[dict[str, Any]]:
    """Return the funnel's products with the marketplaces where customers can choose them, in two queries."""
    rows = list(funnel.funnel_products.select_related("product").order_by("position", "product__title"))
    listings = Listing.objects.filter(product__in=[row.product_id for row in rows], archived_at__isnull=True)
    places: dict[Any, list[str]] = {}
    for one in listings.order_by("marketplace", "region"):
        places.setdefault(one.product_id, []).append(f"{one.get_marketplace_display()} {one.region}".strip())
    return [{"product": row.product, "places": ", ".join(places.get(row.product_id, []))} for row in rows]
