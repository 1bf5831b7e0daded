"""The lists of the catalogue."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from claims_center.catalogue import words
from claims_center.catalogue.selectors import Performance
from claims_center.models import Funnel, Product, Promotion
from ui import cells, locale
from ui.addresses import row_address
from ui.tables import Column, Table


class CatalogueTable(Table):
    """A list whose first column leads to the row's own page."""

    address = ""

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def linked(self, record: Any, label: Any) -> str:
        """Return the label as the way to the row's page."""
        return cells.link(row_address(self.address, self.merchant_slug, record.pk), label)


class ProductTable(CatalogueTable):
    """One product a row."""

    address = "catalogue:product"
    title = Column(_("Product"), empty_values=(), phone="lead")
    sku = Column(_("SKU"))
    marketplaces = Column(_("Marketplaces"), empty_values=(), accessor="pk")
    listings = Column(_("Listings"), accessor="listing_count", numeric=True)
    funnels = Column(_("Funnels"), accessor="funnel_count", numeric=True)
    state = Column(_("State"), empty_values=(), phone="side")
    created = Column(_("Created"), accessor="created_at")

    def __init__(self, *args: Any, places: dict[uuid.UUID, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def render_title(self, record: Product) -> str:
        """The title, as the way to the product."""
        return self.linked(record, record.title)

    def render_marketplaces(self, record: Product) -> str:
        """Where it is sold."""
        return cells.text(", ".join(self.places.get(record.pk, ())))

    def render_state(self, record: Product) -> str:
        """In use or archived."""
        return words.archived(record.archived_at)


class PromotionTable(CatalogueTable):
    """One promotion a row."""

    address = "catalogue:promotion"
    name = Column(_("Promotion"), empty_values=(), phone="lead")
    kind = Column(_("Kind"), empty_values=())
    gift = Column(_("Gift"), empty_values=(), accessor="pk")
    value = Column(_("Value"), empty_values=(), numeric=True)
    funnels = Column(_("Funnels"), accessor="funnel_count", numeric=True)
    state = Column(_("State"), empty_values=(), phone="side")
    created = Column(_("Created"), accessor="created_at")

    def render_name(self, record: Promotion) -> str:
        """The name, as the way to the promotion."""
        return self.linked(record, record.name)

    def render_kind(self, record: Promotion) -> str:
        """Mailed or shipped."""
        return words.kind(record)

    def render_gift(self, record: Promotion) -> str:
        """Where the gift comes from."""
        return cells.two_lines(record.get_source_display(), words.gift(record))

    def render_value(self, record: Promotion) -> str:
        """What it is worth."""
        return cells.money(record.value, record.currency)

    def render_state(self, record: Promotion) -> str:
        """In use or archived."""
        return words.archived(record.archived_at)


class FunnelTable(CatalogueTable):
    """One funnel a row, with how it does."""

    address = "catalogue:funnel"
    name = Column(_("Funnel"), empty_values=(), phone="lead")
    state = Column(_("State"), empty_values=(), phone="side", accessor="pk")
    promotion = Column(_("Promotion"), empty_values=())
    visits = Column(_("Visits"), empty_values=(), numeric=True, accessor="pk")
    started = Column(_("Started"), empty_values=(), numeric=True, accessor="pk")
    submitted = Column(_("Submitted"), empty_values=(), numeric=True, accessor="pk")
    shared = Column(_("Shared"), empty_values=(), numeric=True, accessor="pk")
    processed = Column(_("Processed"), empty_values=(), numeric=True, accessor="pk")
    conversion = Column(_("Conversion"), empty_values=(), numeric=True, accessor="pk")
    period = Column(_("Period"), empty_values=(), accessor="pk")
    created = Column(_("Created"), accessor="created_at")

    def __init__(
        self, *args: Any, figures: dict[uuid.UUID, Performance], now: datetime, claims_url: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.figures, self.now, self.claims_url = figures, now, claims_url

    def render_name(self, record: Funnel) -> str:
        """The name over the address, as the way to the funnel."""
        return cells.two_lines(self.linked(record, record.name), record.slug)

    def render_state(self, record: Funnel) -> str:
        """Where it stands now."""
        return words.funnel_state(record.state(self.now))

    def render_promotion(self, record: Funnel) -> str:
        """What it gives."""
        return cells.text(record.promotion.name)

    def render_visits(self, record: Funnel) -> str:
        """Who came."""
        return cells.number(self.figures[record.pk].visits)

    def render_started(self, record: Funnel) -> str:
        """Who chose a product."""
        return cells.number(self.figures[record.pk].started)

    def render_submitted(self, record: Funnel) -> str:
        """Who sent a claim."""
        return self._claims(record, self.figures[record.pk].submitted, "")

    def render_shared(self, record: Funnel) -> str:
        """Who pressed Share."""
        return self._claims(record, self.figures[record.pk].shared, "&did_redirect=yes")

    def render_processed(self, record: Funnel) -> str:
        """Whose claim is done."""
        return self._claims(record, self.figures[record.pk].processed, "&status=processed")

    def render_conversion(self, record: Funnel) -> str:
        """Claims per visit."""
        share = self.figures[record.pk].conversion
        return cells.dash() if share is None else cells.text(locale.percent(share))

    def render_period(self, record: Funnel) -> str:
        """From when to when."""
        return words.period(record)

    def _claims(self, record: Funnel, count: int, query: str) -> str:
        shown = cells.number(count)
        if not count:
            return shown
        says = ngettext("%(count)s claim", "%(count)s claims", count) % {"count": count}
        return cells.link(f"{self.claims_url}?funnel={record.pk}{query}", shown, says)
