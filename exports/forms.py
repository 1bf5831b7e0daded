"""Forms of the imports screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exports.errors import UploadRefused
from exports.importers import datasets
from exports.services import check_size
from ui.forms import StyledForm


class UploadForm(StyledForm):
    """What is imported, and the file."""

    submit_label = _("Upload and check")
    dataset = forms.ChoiceField(label=_("What the file holds"), choices=lambda: list(datasets().items()))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Orders as the marketplace gives them: Amazon's All Orders report, eBay's Orders report, Etsy's Orders and "
            "Order Items, Walmart's orders as workbook or CSV; or a CSV with the columns order_number, marketplace, "
            "ordered_at and sku. Members: a CSV with card_number, email or phone, names, birthday and address. "
            "Purchases: a CSV with reference, card_number or email, amount, currency and occurred_at. Offer responses: "
            "the file that you downloaded to edit, or a CSV with offer, card_number or email, issued_at and expires_at. "
            "Nothing is changed before you have seen what would happen."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,.tsv,.gz,.xlsx,text/plain,text/csv"}),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is empty or too big."""
        file = self.cleaned_data["file"]
        try:
            check_size(size=file.size)
        except UploadRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file
