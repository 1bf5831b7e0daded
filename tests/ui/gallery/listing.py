"""The gallery's list page: what a room declares, and nothing more."""

from typing import Any

from django.db.models import DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString

from tests.ui.gallery.frame import frame
from tests.ui.gallery.models import Row, Shop
from ui import cells
from ui.filters import ChoicesFilter, FilterSet, ModelChoicesFilter, PeriodFilter, SearchFilter, YesNoFilter
from ui.listing import Action, BulkAction, ListView, Tab
from ui.tables import Column, Table

NEVER = Value("9999-12-31T00:00:00+00:00", output_field=DateTimeField())


class RowFilter(FilterSet):
    """Every kind of filter once."""

    q = SearchFilter(method="search", label="Name, e-mail, order number or code")
    status = ChoicesFilter("status", choices=Row.Status.choices, label="Status")
    shop = ModelChoicesFilter("shop", queryset=lambda: Shop.objects.order_by("name"), label="Marketplace")
    submitted = PeriodFilter("submitted_at", label="Submitted")
    redirected = YesNoFilter("redirected", label="Did Redirect")
    processed = PeriodFilter("processed_at", label="Processed", always=False)
    done = YesNoFilter("processed_at", not_null=True, label="Done", always=False)
    bought = PeriodFilter("bought_on", on_date=True, label="Bought", always=False)
    sku = ChoicesFilter("sku", choices=[("BTL-750", "Bottle"), ("JAR-CB", "Jar")], label="SKU", pill=False)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Look for the words in three columns."""
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value) | Q(code__istartswith=value))


class RowTable(Table):
    """Every kind of cell once."""

    customer = Column("Customer")
    product = Column("Product")
    shop = Column("Marketplace", accessor="shop__name", phone="none")
    order_number = Column("Order number", phone="none")
    status = Column("Status", phone="side")
    rating = Column("Rating", phone="none")
    redirected = Column("Did Redirect")
    amount = Column("Value", numeric=True, phone="none")
    submitted = Column("Submitted", accessor="submitted_at")
    code = Column("Code", phone="none")
    processed = Column("Processed", accessor="processed_at", phone="none")
    edit = Column("Edit", phone="none")

    def render_customer(self, record: Row) -> SafeString:
        """Name over e-mail."""
        return cells.person(record.name, record.email, reverse("detail"))

    def render_product(self, record: Row) -> SafeString:
        """Product over SKU."""
        return cells.two_lines(record.product, record.sku)

    def render_status(self, record: Row) -> SafeString:
        """The status badge."""
        return cells.badge(Row.Status(record.status).label, *Row.TONES[record.status])

    def render_rating(self, value: int) -> SafeString:
        """Stars."""
        return cells.rating(value)

    def render_amount(self, value: int) -> SafeString:
        """Money from minor units."""
        return cells.money(value / 100, "EUR")

    def render_code(self, value: str) -> SafeString:
        """A code that can be copied."""
        return cells.code(value)

    def render_edit(self, record: Row) -> SafeString:
        """The way to the address."""
        return cells.action(reverse("address"), f"Address of {record.name}", "map-pin", dialog=True)

    def row_label(self, record: Row) -> str:
        """Name and product."""
        return f"{record.name}, {record.product}"


class RowList(ListView):
    """The list."""

    title = "Claims"
    table_class = RowTable
    filterset_class = RowFilter
    sorts = {
        "submitted": "submitted_at",
        "customer": "name",
        "shop": "shop__name",
        "amount": "amount",
        "processed": Coalesce("processed_at", NEVER),
        "rating": "rating",
    }
    default_sort = "-submitted"
    tabs = (
        Tab("All"),
        Tab("To verify", "status=new"),
        Tab("To send", "status=verified"),
        Tab("Needs info", "status=needs_info&status=rejected"),
    )
    bulk_actions = (
        BulkAction("verify", "Verify", "shield-check", url="confirm"),
        BulkAction("process", "Mark as Processed", "check", url="confirm"),
        BulkAction("reject", "Reject", "circle-x", tone="bad", url="confirm"),
    )
    empty_title = "No claims yet"
    empty_text = "Claims appear here as soon as a customer has been through a funnel."
    empty_action = Action("Make a funnel", "/", "plus")

    def get_queryset(self) -> QuerySet:
        """Rows with their shop."""
        return Row.objects.select_related("shop")

    def export_url(self) -> str:
        """Somewhere."""
        return reverse("form")

    def save_view_url(self) -> str:
        """Somewhere."""
        return reverse("form")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the frame of a merchant."""
        return super().get_context_data(**kwargs) | frame("claims")
