"""A promotion: what the customer gets, and what the mail says."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claims_center.catalogue import files
from claims_center.models import Promotion, PromotionKind, Source
from claims_center.services.catalogue import becomes_another, has_claims
from codes.models import CodePool
from codes.selectors import open_pools
from ui.forms import StyledForm

# Which field a source needs; the others stay empty.
NEEDS = {Source.POOL: "pool", Source.FIXED: "fixed_code", Source.FILE: "upload", Source.ITEM: "item_name"}
WORDS = {
    "pool": _("Choose the pool that the codes come from."),
    "fixed_code": _("Type the code."),
    "upload": _("Choose the file."),
    "item_name": _("Name the item."),
}


class PromotionForm(StyledForm):
    """Everything about a gift on one page; which of the four source fields counts follows from the source."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Customers see it."))
    source = forms.ChoiceField(label=_("What the customer gets"), choices=Source.choices, widget=forms.RadioSelect)
    pool: "forms.ModelChoiceField[CodePool]" = forms.ModelChoiceField(
        label=_("Code pool"), queryset=None, required=False, empty_label=_("Choose")
    )
    fixed_code = forms.CharField(
        label=_("Code"), max_length=120, required=False, help_text=_("Every customer gets the same code.")
    )
    upload = forms.FileField(label=_("File"), required=False, help_text=_("At most 20 MB."))
    item_name = forms.CharField(
        label=_("Item"), max_length=200, required=False, help_text=_("The funnel asks for the mailing address.")
    )
    value = forms.DecimalField(label=_("Value"), max_digits=10, decimal_places=2, min_value=0, initial=0)
    currency = forms.RegexField(r"^[A-Z]{3}\Z", label=_("Currency"), max_length=3)
    message = forms.CharField(
        label=_("Message for the e-mail"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The mail greets the customer and shows the gift by itself; write what stands between."),
    )

    half = ("value", "currency")

    def __init__(self, *args: Any, promotion: Promotion | None = None, currency: str = "USD", **kwargs: Any) -> None:
        self.promotion = promotion
        kwargs.setdefault("initial", _initial(promotion, currency))
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = open_pools()  # type: ignore[attr-defined]
        self.fields["currency"].error_messages["invalid"] = _("Three capital letters, such as EUR.")
        self.fields["upload"].widget.attrs["accept"] = ",".join(f".{ending}" for ending in files.BEGINNINGS)

    def clean_message(self) -> str:
        """Refuse merge fields that nothing fills in."""
        from claims_center.catalogue.preview import unknown_fields  # noqa: PLC0415 - it draws with this form's values

        text: str = self.cleaned_data["message"].replace("\r\n", "\n")
        strange = unknown_fields(text)
        if strange:
            words = _("The mail knows no %(fields)s.")
            raise ValidationError(words, params={"fields": ", ".join(f"{{{name}}}" for name in strange)})
        return text

    def clean_upload(self) -> Any:
        """Look at what the file really is."""
        upload = self.cleaned_data.get("upload")
        if upload:
            files.check(upload)
        return upload

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen source needs, and keep a gift that was claimed the kind it is."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        source = given.get("source")
        if not source:
            return given
        needed = NEEDS[Source(source)]
        kept = needed == "upload" and self.promotion is not None and bool(self.promotion.file)
        if not given.get(needed) and needed not in self.errors and not kept:
            self.add_error(needed, WORDS[needed])
        if self._becomes_another(source):
            words = _("Claims were made with it, so it stays what it is. Make a new promotion instead.")
            self.add_error("source", words)
        return given

    def _becomes_another(self, source: str) -> bool:
        """Say whether a gift that was claimed would be shipped instead of mailed, the other way round, or no file any more."""
        known = self.promotion
        if known is None or not becomes_another(promotion=known, kind=kind_of(source), source=source):
            return False
        return has_claims(promotion_id=known.pk)

    def values(self, merchant_id: uuid.UUID) -> dict[str, Any]:
        """Return the columns to save; keeps a new file first."""
        given = self.cleaned_data
        source = Source(given["source"])
        found = {name: given[name] for name in ("name", "value", "currency", "message")}
        found |= {"source": source, "kind": kind_of(source)}
        found["pool_id"] = given["pool"].pk if source == Source.POOL else None
        found["fixed_code"] = given["fixed_code"].strip() if source == Source.FIXED else ""
        found["item_name"] = given["item_name"].strip() if source == Source.ITEM else ""
        return found | self._file(source, merchant_id)

    def _file(self, source: Source, merchant_id: uuid.UUID) -> dict[str, str]:
        upload = self.cleaned_data.get("upload")
        if source != Source.FILE:
            return {"file": "", "file_name": ""}
        if not upload:
            return {}
        return {"file": files.store(merchant_id, upload), "file_name": files.shown_name(upload)}


def kind_of(source: str) -> str:
    """Return whether a gift of this source is mailed or shipped."""
    return PromotionKind.PHYSICAL if source == Source.ITEM else PromotionKind.DIGITAL


def _initial(promotion: Promotion | None, currency: str) -> dict[str, Any]:
    if promotion is None:
        return {"currency": currency, "source": Source.POOL}
    names = ("name", "source", "fixed_code", "item_name", "value", "currency", "message")
    return {name: getattr(promotion, name) for name in names} | {"pool": promotion.pool_id}
