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
