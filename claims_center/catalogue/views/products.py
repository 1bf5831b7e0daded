"""Products: the list, and one product with its listings."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims_center.catalogue import selectors
from claims_center.catalogue.filters import ProductFilter
from claims_center.catalogue.forms import ListingFormSet, ProductForm
from claims_center.catalogue.ordering import in_use_first, sold_at
from claims_center.catalogue.tables import ProductTable
from claims_center.catalogue.views.base import CatalogueAction, CatalogueView
from claims_center.models import Product
from claims_center.public.selectors import image_name
from claims_center.services import catalogue
from tenancy.lists import StaffListView
from tenancy.roles import Role
from ui.forms import invalid
from ui.listing import Action, Tab
from ui.sorting import Made


class ProductList(StaffListView):
    """What the merchant sells."""

    role = Role.VIEWER
    title = _("Products")
    template_name = "catalogue/list.html"
    table_class = ProductTable
    filterset_class = ProductFilter
    sorts = {
        "title": "title",
        "sku": "sku",
        "marketplaces": Made(sold_at),
        "listings": "listing_count",
        "funnels": "funnel_count",
        "state": in_use_first(),
        "created": "created_at",
    }
    default_sort = "title"
    tabs = (Tab(_("All")), Tab(_("In use"), "archived=no"), Tab(_("Archived"), "archived=yes"))
    counted = ngettext_lazy("%(shown)s product", "%(shown)s products", "number")
    empty_title = _("No products yet")
    empty_text = _("A product and the places where it is sold: customers choose it on the funnel's first page.")
    empty_icon = "package"

    def get_queryset(self) -> QuerySet[Product]:
        """Return the merchant's products."""
        return selectors.products_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table where the products of this page are sold."""
        places = selectors.marketplaces_of(row.pk for row in self.page.rows)
        return {"merchant_slug": self.request.merchant.slug, "places": places}

    def get_empty_action(self) -> Action | None:
        """Lead those who may to the form."""
        return new_action(self.request, "product_new", _("New product"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the button of the page's head."""
        return super().get_context_data(new=self.get_empty_action(), **kwargs)


def new_action(request: Any, name: str, label: Any) -> Action | None:
    """Return the link to a new row for those who may make one."""
    if request.role < Role.ADMIN:
        return None
    return Action(label, reverse(f"catalogue:{name}", args=[request.merchant.slug]))


class ProductPage(CatalogueView):
    """The form of a product."""

    model = Product

    def draw(self, product: Product | None, form: ProductForm, listings: Any, *, wrong: bool = False) -> HttpResponse:
        """Draw the page."""
        image = image_name(product.image.name) if product else ""
        context = {
            "title": product.title if product else _("New product"),
            "crumbs": [(_("Products"), self.at("products")), (product.title if product else _("New"), "")],
            "product": product,
            **self.row_actions(product, "product"),
            "form": form,
            "listings": listings,
            "image_url": reverse("media", args=[self.request.merchant.slug, image]) if image else "",
            "funnels": selectors.funnels_of_product(product) if product else [],
            "may_change": self.may_change,
        }
        if wrong:
            return invalid(self.request, "catalogue/product.html", context)
        return render(self.request, "catalogue/product.html", context)

    def save(self, request: Any, product: Product | None) -> HttpResponse:
        """Save what was posted, or show what is wrong; one more press of "More lines" only adds lines."""
        listings = ListingFormSet(request.POST, product=product, prefix="listings")
        form = ProductForm(request.POST, request.FILES, product=product)
        if "more" in request.POST:
            typed = ListingFormSet(more_lines(request.POST), product=product, prefix="listings")
            return self.draw(product, form, typed)
        if form.is_valid() & listings.is_valid():
            saved = self.attempt(form, lambda: self.write(product, form, listings))
            if saved is not None:
                self.say(_("Saved."))
                return HttpResponseRedirect(self.at("product", saved.pk))
        return self.draw(product, form, listings, wrong=True)

    def write(self, product: Product | None, form: ProductForm, listings: Any) -> Product:
        """Call the service."""
        values = form.values(self.request.merchant.id)
        given = {"values": values, "listings": listings.values(), "actor": self.actor, "now": timezone.now()}
        if product is None:
            return catalogue.create_product(**given)
        return catalogue.update_product(product_id=product.pk, **given)


def more_lines(posted: Any) -> Any:
    """Return the posted lines and three empty ones."""
    data = posted.copy()
    try:
        data["listings-TOTAL_FORMS"] = str(min(int(data.get("listings-TOTAL_FORMS", "0")) + 3, 40))
    except ValueError:
        data["listings-TOTAL_FORMS"] = "3"
    return data


class ProductNew(ProductPage):
    """A new product."""

    role = Role.ADMIN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.draw(None, ProductForm(), ListingFormSet(prefix="listings"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it."""
        return self.save(request, None)


class ProductEdit(ProductPage):
    """A product: everybody may look, admins may change."""

    role = Role.VIEWER
    write_role = Role.ADMIN

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        product = self.find(pk)
        return self.draw(product, ProductForm(product=product), ListingFormSet(product=product, prefix="listings"))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Change it."""
        return self.save(request, self.find(pk))


class ProductArchive(CatalogueAction):
    """Take a product out of use."""

    model = Product
    title = _("Archive")
    text = _("Customers can no longer choose it. Claims that were made with it keep it.")
    done = _("Archived.")
    tone = "bad"
    back = "product"

    def perform(self, pk: uuid.UUID) -> None:
        """Archive it."""
        catalogue.archive_product(product_id=pk, actor=self.actor, now=timezone.now())


class ProductRestore(CatalogueAction):
    """Bring a product back."""

    model = Product
    title = _("Bring back")
    text = _("Funnels that have it offer it again.")
    done = _("Back in use.")
    icon_name = "archive-restore"
    back = "product"

    def perform(self, pk: uuid.UUID) -> None:
        """Restore it."""
        catalogue.restore_product(product_id=pk, actor=self.actor)
