"""What an owner says about a destination. Secrets are written, never read: an empty field leaves what is kept."""

import re
from typing import Any, ClassVar

from django import forms
from django.conf import settings as site
from django.utils.translation import gettext_lazy as _

from exports.destinations.contract import DeliveryRefused
from exports.destinations.network import check_port
from exports.destinations.services import OFFERED, moved
from exports.destinations.ssh_keys import BadKey, as_line, host_key, private_key
from exports.models import Destination, DestinationKind
from tenancy.models import Merchant
from tenancy.outbound import OutboundError, check_address, is_public
from tenancy.roles import Role
from tenancy.selectors import members_of
from ui.forms import StyledForm

HOST = re.compile(r"^(?=.{1,253}$)[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9])?$")
FOLDER = re.compile(r"^[A-Za-z0-9._ /-]*$")
BUCKET = re.compile(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
KEPT = _("Encrypted, and never shown again. Leave it empty to keep the one that is set.")
SEALED = _("Encrypted, and never shown again.")


class DestinationForm(StyledForm):
    """What every destination has; `facts` are shown again, `secret` is not."""

    kept: ClassVar[tuple[str, ...]] = ()
    hidden_ones: ClassVar[tuple[str, ...]] = ()

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As it is offered where an export is set up."))

    def __init__(self, *args: Any, known: Destination | None, merchant: Merchant, **kwargs: Any) -> None:
        self.known, self.merchant = known, merchant
        if known is not None:
            kwargs.setdefault("initial", {"name": known.name, **known.settings})
        super().__init__(*args, **kwargs)
        for name in self.hidden_ones:
            self.fields[name].help_text = KEPT if known is not None else SEALED

    def facts(self) -> dict[str, Any]:
        """Return the settings that may be shown."""
        return {name: self.cleaned_data[name] for name in self.kept}

    def secret(self) -> dict[str, str]:
        """Return what was typed as secret; nothing where it stays as it is."""
        return {}

    def needs_secret(self) -> bool:
        """Say whether a secret must be given: a new destination, or one that leads elsewhere now."""
        return self.known is None or moved(self.known.settings, self.facts())


class SftpForm(DestinationForm):
    """A file server."""

    kept = ("host", "port", "username", "folder", "host_key")
    hidden_ones = ("password", "private_key")
    groups = (
        (_("Server"), ("host", "port", "folder", "host_key")),
        (_("Sign-in"), ("username", "password", "private_key", "passphrase")),
    )
    half = ("host", "port")

    host = forms.CharField(label=_("Host"), max_length=253, widget=forms.TextInput({"spellcheck": "false"}))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=22)
    folder = forms.CharField(
        label=_("Folder"), max_length=200, required=False, help_text=_("Empty for the one the user begins in.")
    )
    host_key = forms.CharField(
        label=_("Host key"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "As ssh-keyscan or the server's operator gives it: ssh-ed25519 AAAA… If you have none, leave it empty: the "
            "test of the connection shows the key, and you confirm it."
        ),
    )
    username = forms.CharField(
        label=_("User"), max_length=100, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    private_key = forms.CharField(
        label=_("Or a private key"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    passphrase = forms.CharField(
        label=_("Passphrase of the key"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Empty where the key has none."),
    )

    def clean_host(self) -> str:
        """Refuse what is no name of a server, and private addresses."""
        host: str = self.cleaned_data["host"].strip().lower()
        if not HOST.match(host):
            raise forms.ValidationError(_("Give the server's name alone, such as files.example.com."))
        if not site.OUTBOUND_ALLOW_PRIVATE and _is_private(host):
            raise forms.ValidationError(_("This address leads into a private network."))
        return host

    def clean_port(self) -> int:
        """Refuse ports of other services."""
        port: int = self.cleaned_data["port"]
        try:
            check_port(port)
        except DeliveryRefused as refusal:
            raise forms.ValidationError(refusal.words) from refusal
        return port

    def clean_folder(self) -> str:
        """Refuse folders that lead elsewhere."""
        return _clean_folder(self.cleaned_data["folder"])

    def clean_host_key(self) -> str:
        """Keep the key as one line, whatever it was pasted with."""
        text: str = self.cleaned_data["host_key"].strip()
        try:
            return as_line(host_key(text)) if text else ""
        except BadKey as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> None:
        """Ask for one way to sign in, and look whether a key can be read."""
        values = self.cleaned_data
        password, key = values.get("password"), values.get("private_key")
        if password and key:
            self.add_error("private_key", _("Give a password or a private key, not both."))
        elif key:
            try:
                private_key(key, values.get("passphrase", ""))
            except BadKey as error:
                self.add_error("private_key", str(error))
        elif not password and not self.errors and self.needs_secret():
            self.add_error("password", _("Give the password or a private key."))

    def facts(self) -> dict[str, Any]:
        """Return the settings; a host key that was shown, but not confirmed, is asked for again."""
        return {name: value for name, value in super().facts().items() if name != OFFERED}

    def secret(self) -> dict[str, str]:
        """Return the password, or the key with its passphrase."""
        values = self.cleaned_data
        if values["private_key"]:
            return {"private_key": values["private_key"], "passphrase": values["passphrase"]}
        return {"password": values["password"]} if values["password"] else {}


class S3Form(DestinationForm):
    """A bucket of a storage."""

    kept = ("endpoint", "region", "bucket", "folder")
    hidden_ones = ("secret_key",)
    groups = (
        (_("Storage"), ("endpoint", "region", "bucket", "folder")),
        (_("Sign-in"), ("access_key", "secret_key")),
    )
    half = ("region", "bucket")

    endpoint = forms.URLField(
        label=_("Address"),
        max_length=200,
        assume_scheme="https",
        initial="https://s3.eu-central-1.amazonaws.com",
        widget=forms.TextInput({"inputmode": "url"}),
        help_text=_("Of the storage, without the bucket. Any storage that speaks S3's language will do."),
    )
    region = forms.CharField(label=_("Region"), max_length=60, initial="eu-central-1")
    bucket = forms.CharField(label=_("Bucket"), max_length=63)
    folder = forms.CharField(
        label=_("Folder"), max_length=200, required=False, help_text=_("Put before each file's name.")
    )
    access_key = forms.CharField(
        label=_("Access key"), max_length=200, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    secret_key = forms.CharField(
        label=_("Secret key"), max_length=500, required=False, widget=forms.PasswordInput({"autocomplete": "off"})
    )

    def clean_endpoint(self) -> str:
        """Refuse an address that nothing is ever sent to."""
        url: str = self.cleaned_data["endpoint"].strip().rstrip("/")
        try:
            check_address(url)
        except OutboundError as error:
            raise forms.ValidationError(error.sentence) from error
        return url

    def clean_bucket(self) -> str:
        """Refuse what is no bucket's name."""
        name: str = self.cleaned_data["bucket"].strip()
        if not BUCKET.match(name):
            raise forms.ValidationError(_("A bucket's name has 3 to 63 small letters, digits, dots and hyphens."))
        return name

    def clean_folder(self) -> str:
        """Refuse folders that lead elsewhere."""
        return _clean_folder(self.cleaned_data["folder"]).strip("/")

    def clean(self) -> None:
        """Ask for both halves of a key, or for none."""
        values = self.cleaned_data
        access, secret = values.get("access_key"), values.get("secret_key")
        if bool(access) != bool(secret):
            self.add_error("secret_key" if access else "access_key", _("Access key and secret key go together."))
        elif not access and not self.errors and self.needs_secret():
            self.add_error("access_key", _("Give the access key and its secret key."))

    def secret(self) -> dict[str, str]:
        """Return the key."""
        values = self.cleaned_data
        return {name: values[name] for name in ("access_key", "secret_key")} if values["access_key"] else {}


class EmailForm(DestinationForm):
    """People of the merchant."""

    kept = ("recipients",)
    recipients = forms.MultipleChoiceField(
        label=_("Recipients"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They get a link and sign in to fetch the file; the file itself never travels by mail."),
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, merchant=merchant, **kwargs)
        members = members_of(merchant).filter(role__gte=Role.ADMIN)
        field: Any = self.fields["recipients"]
        field.choices = [(member.user.email, f"{member.user} ({member.user.email})") for member in members]


FORMS: dict[str, type[DestinationForm]] = {
    DestinationKind.SFTP: SftpForm,
    DestinationKind.S3: S3Form,
    DestinationKind.EMAIL: EmailForm,
}


def _is_private(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _clean_folder(text: str) -> str:
    folder = text.strip()
    if not FOLDER.match(folder) or ".." in folder.split("/"):
        raise forms.ValidationError(_("A folder has letters, digits, spaces and . _ - / in it, and no .. on its way."))
    return folder
