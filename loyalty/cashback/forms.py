"""What the owner says about the account at a provider."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.cashback.checksum import KEY_SIZES
from loyalty.models import CashbackAccount
from tenancy.outbound import OutboundError, check_address
from ui.forms import StyledForm

LIVE = "https://dashboard.paytm.com"


class AccountForm(StyledForm):
    """An account at PayTM. The key is written, never read: an empty field leaves the one that is kept."""

    base_url = forms.URLField(
        label=_("Address"),
        max_length=200,
        assume_scheme="https",
        initial=LIVE,
        widget=forms.TextInput({"inputmode": "url"}),
    )
    merchant_code = forms.CharField(label=_("Merchant id (MID)"), max_length=60)
    wallet = forms.CharField(label=_("Sub-wallet id (GUID)"), max_length=60)
    key = forms.CharField(
        label=_("Merchant key"),
        max_length=64,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, account: CashbackAccount | None, **kwargs: Any) -> None:
        if account is not None:
            known = {name: getattr(account, name) for name in ("base_url", "merchant_code", "wallet")}
            kwargs.setdefault("initial", known)
        super().__init__(*args, **kwargs)
        field = self.fields["key"]
        field.required = account is None
        field.help_text = (
            _("Encrypted, and never shown again. Leave it empty to keep the key that is set.")
            if account is not None
            else _("Encrypted, and never shown again.")
        )

    def clean_base_url(self) -> str:
        """Refuse an address that nothing is ever sent to."""
        url: str = self.cleaned_data["base_url"].strip()
        try:
            check_address(url)
        except OutboundError as error:
            raise forms.ValidationError(error.sentence) from error
        return url

    def clean_key(self) -> str:
        """Refuse what cannot be a key."""
        key: str = self.cleaned_data["key"].strip()
        if key and len(key.encode()) not in KEY_SIZES:
            raise forms.ValidationError(_("A merchant key has 16, 24 or 32 characters."))
        return key
