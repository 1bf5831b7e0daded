"""The marketplaces, and which web addresses are their own."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Marketplace(models.TextChoices):
    """Where the merchant sells."""

    AMAZON = "amazon", "Amazon"
    EBAY = "ebay", "eBay"
    WALMART = "walmart", "Walmart"
    ETSY = "etsy", "Etsy"


def _under(name: str, endings: str) -> frozenset[str]:
    return frozenset(f"{name}.{ending}" for ending in endings.split())


DOMAINS: dict[str, frozenset[str]] = {
    Marketplace.AMAZON: _under(
        "amazon",
        "com ca com.mx com.br co.uk de fr it es nl se pl ie com.be com.tr ae sa eg in co.jp sg com.au co.za cn",
    ),
    Marketplace.EBAY: _under(
        "ebay", "com ca co.uk de fr it es nl pl ie at ch be com.au com.hk com.my com.sg ph com.mx"
    ),
    Marketplace.WALMART: _under("walmart", "com ca com.mx"),
    Marketplace.ETSY: _under("etsy", "com"),
}
# Other hosts below these domains are sign-ins, seller tools and redirectors, none of them a product's page.
HOSTS = ("", "www.", "m.", "smile.")
# Pages of the marketplaces that send their visitor wherever the address says.
REDIRECTORS = ("/gp/redirect", "/rover/", "/redirect", "/out/", "/dp/redirect")
LONGEST = 500


def is_listing_url(marketplace: str, url: str) -> bool:
    """Say whether this is an https address on one of the marketplace's own shop hosts.

    Decided from the parsed host: no user name, no port but 443, no backslash, no space or control character, and
    plain letters only, so that nothing can look like a marketplace without being one.
    """
    if not url or len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(" \\\"'<>"):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or "@" in parts.netloc or "%" in parts.netloc or port not in {None, 443}:
        return False
    host = (parts.hostname or "").lower()
    path = parts.path.lower()
    own = any(host == prefix + domain for domain in DOMAINS.get(marketplace, ()) for prefix in HOSTS)
    return own and not any(path.startswith(start) for start in REDIRECTORS)


def check_listing_url(marketplace: str, url: str) -> None:
    """Raise ValidationError unless the address is one of the marketplace's own product pages."""
    if not is_listing_url(marketplace, url):
        name = dict(Marketplace.choices).get(marketplace, marketplace)
        raise ValidationError(
            _("Give the https address of the product's own page on %(marketplace)s."), params={"marketplace": name}
        )
