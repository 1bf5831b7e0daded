"""What can be imported: name -> module with `preview` and `apply` (see `claims_center.imports.contract`)."""

from django.utils.translation import gettext_lazy as _

IMPORTERS: dict[str, str] = {
    "orders": "claims_center.imports.orders",
}

LABELS = {
    "orders": _("Orders"),
}
