"""What the page of an offer shows: its facts, its periods in words, its figures."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers import badges, benefits, selectors
from offers.catalogue_forms import WEEKDAYS
from offers.models import Offer, OfferResponse
from offers.periods import MINUTES
from offers.states import CodeSource, PeriodKind, Status
from offers.usage import status_at
from tenancy import pictures
from ui import cells, locale
from ui.charts import Bar, Series, bar_chart, line_chart
from ui.timeline import Fact

CHART_DAYS = 60


def details(offer: Offer, *, slug: str) -> dict[str, Any]:
    """Return what the tab Details draws."""
    image_url = pictures.address_of(slug, offer.image)
    return {"facts": facts(offer, slug=slug), "periods": periods(offer), "image_url": image_url}


def facts(offer: Offer, *, slug: str) -> list[Fact]:
    """Return what an offer is and how it is given."""
    responses = cells.link(
        f"{reverse('offers:offer', args=[slug, offer.id])}?tab=responses", selectors.times_issued([offer.id])[offer.id]
    )
    found = [
        Fact(_("Responses"), responses),
        Fact(_("Type"), offer.get_offer_type_display()),
        Fact(_("Benefit"), benefits.in_words(offer)),
        Fact(_("Certificate code"), _code(offer, slug)),
        Fact(_("Members claim it themselves"), cells.yes_no(offer.is_claimable)),
        Fact(_("Has to be clipped before it is used"), cells.yes_no(offer.needs_clip)),
        Fact(_("Is shipped to the member"), cells.yes_no(offer.has_shipping)),
        Fact(_("Responses per member"), cells.number(offer.member_limit)),
        Fact(_("Responses in all"), cells.number(offer.total_limit)),
    ]
    if offer.total_limit is not None:
        left = offer.total_limit - selectors.taken_of([offer.id]).get(offer.id, 0)
        found.append(Fact(_("Left"), cells.number(max(left, 0))))
    return found


def periods(offer: Offer) -> list[Fact]:
    """Return the three periods in words."""
    seen = " · ".join(filter(None, (period_words(offer, "effectivity"), hours_words(offer))))
    validity = _("Until its usage period ends")
    if offer.days_valid is not None:
        validity = _days(offer.days_valid)
    return [
        Fact(_("Effectivity"), seen),
        Fact(_("Response period"), period_words(offer, "response")),
        Fact(_("Usage period"), period_words(offer, "usage")),
        Fact(_("A response stays valid"), validity),
        Fact(_("Published"), cells.when(offer.published_at)),
        Fact(_("Created"), cells.when(offer.created_at)),
    ]


def period_words(offer: Offer, name: str) -> str:
    """Return one period as a phrase."""
    kind = PeriodKind(getattr(offer, f"{name}_kind"))
    if kind in (PeriodKind.ALWAYS, PeriodKind.SAME):
        return str(kind.label)
    if kind == PeriodKind.FIXED:
        start, end = getattr(offer, f"{name}_from"), getattr(offer, f"{name}_to")
        parts = [
            _("from %(time)s") % {"time": locale.moment(start)} if start else "",
            _("until %(time)s") % {"time": locale.moment(end)} if end else "",
        ]
        return " ".join(filter(None, parts))
    days, after = getattr(offer, f"{name}_days"), getattr(offer, f"{name}_after_days")
    lasts = _days(days) if days is not None else _("without an end")
    begins = _("at once") if not after else _("after %(days)s") % {"days": _days(after)}
    return f"{kind.label}: {begins}, {lasts}"


def hours_words(offer: Offer) -> str:
    """Return the days and hours in which an offer is seen, "" for round the clock."""
    days = ", ".join(str(name) for place, name in enumerate(WEEKDAYS) if offer.weekdays & 1 << place)
    if (offer.minute_from, offer.minute_to) == (0, MINUTES):
        return days
    hours = f"{_clock(offer.minute_from)}-{_clock(offer.minute_to % MINUTES)}"
    return " ".join(filter(None, (days, hours)))


def performance(offer: Offer, *, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Return how the offer does: where its responses stand now, and by day how many were issued and completed."""
    rows = OfferResponse.objects.filter(offer=offer)
    counted = rows.annotate(stands=status_at(now)).order_by().values_list("stands").annotate(number=Count("id"))
    by_status = {Status(status): number for status, number in counted}
    total, done = sum(by_status.values()), by_status.get(Status.COMPLETED, 0)
    bars = [
        Bar(str(status.label), by_status.get(status, 0), f"?tab=responses&status={status.value}") for status in Status
    ]
    return {
        "figures": [
            Fact(_("Responses"), locale.number(total)),
            Fact(_("Completed"), locale.number(done)),
            Fact(_("Redemption rate"), locale.percent(done / total) if total else ""),
        ],
        "by_status": bar_chart(bars, title=_("Responses by status")),
        "by_day": _by_day(offer, now, zone),
    }


def _by_day(offer: Offer, now: datetime, zone: tzinfo) -> str:
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1)]
    since = now - timedelta(days=CHART_DAYS)
    series = []
    for column, label in (("issued_at", _("Issued")), ("completed_at", _("Completed"))):
        counts = _per_day(offer, column, since, zone)
        series.append(Series(label, [counts.get(day, 0) for day in days]))
    return line_chart(days, series, title=_("Issued and completed by day"), heading=_("Day"))


def _per_day(offer: Offer, column: str, since: datetime, zone: tzinfo) -> dict[Any, int]:
    rows = OfferResponse.objects.filter(offer=offer, **{f"{column}__gte": since})
    counted = rows.annotate(day=TruncDate(column, tzinfo=zone)).order_by().values_list("day").annotate(n=Count("id"))
    return dict(counted)


def _code(offer: Offer, slug: str) -> str:
    if offer.pool is None:
        return cells.text(CodeSource.NONE.label)
    return cells.link(reverse("codes:pool", args=[slug, offer.pool_id]), offer.pool.name)


def _days(days: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": locale.number(days)}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def tabs(chosen: str, *, responses: str) -> list[dict[str, Any]]:
    """Return the tabs of an offer's page."""
    names = (
        ("", _("Details"), None),
        ("responses", _("Responses"), responses),
        ("performance", _("Performance"), None),
    )
    return [
        {"label": label, "url": f"?tab={name or 'details'}", "active": name == chosen, "count": count}
        for name, label, count in names
    ]


def head(offer: Offer, *, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Return what stands above every tab."""
    return {"title": offer.name, "offer": offer, "state": badges.offer_state(offer, at=now, zone=zone)}
