"""What can be imported: name -> module with `preview` and `apply` (see `tenancy.imports.contract`)."""

from django.utils.translation import gettext_lazy as _

IMPORTERS: dict[str, str] = {
    "orders": "claims_center.imports.orders",
    "members": "cockpit.members",
    "purchases": "loyalty.imports.purchases",
    "points": "loyalty.imports.points",
    "codes": "codes.imports.codes",
    "responses": "offers.imports.responses",
}

LABELS = {
    "orders": _("Orders"),
    "members": _("Members"),
    "purchases": _("Purchases"),
    "points": _("Points"),
    "codes": _("Codes"),
    "responses": _("Offer responses"),
}

# What a file of each kind looks like, for people who look for one.
LOOKS = {
    "orders": _(
        "As the marketplace gives them: Amazon's All Orders report, eBay's Orders report, Etsy's Orders and Order "
        "Items, Walmart's orders as workbook or CSV; or a CSV with order_number, marketplace, ordered_at and sku."
    ),
    "members": _("A CSV with card_number, email or phone, names, birthday and address."),
    "purchases": _("A CSV with reference, card_number or email, amount, currency and occurred_at."),
    "points": _("A CSV with reference, card_number or email, points and reason."),
    "codes": _("A CSV with code and pool."),
    "responses": _(
        "The file that you downloaded to edit, or a CSV with offer, card_number or email, issued_at and expires_at."
    ),
}
