"""Carriers that we know: where a parcel can be followed. Any other carrier is a name without a link."""

import re
from urllib.parse import quote

# What a carrier is called, without blanks and marks -> the address of its page about one parcel.
PAGES = {
    "amazonlogistics": "https://track.amazon.com/tracking/{}",
    "auspost": "https://auspost.com.au/mypost/track/details/{}",
    "bpost": "https://track.bpost.cloud/btr/web/#/search?itemCode={}",
    "canadapost": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}",
    "colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "correos": "https://www.correos.es/es/en/tools/tracker/items/details?tracking-number={}",
    "dhl": "https://www.dhl.com/en/express/tracking.html?AWB={}",
    "dpd": "https://tracking.dpd.de/status/en_US/parcel/{}",
    "evri": "https://www.evri.com/track/parcel/{}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.com/track/{}",
    "inpost": "https://inpost.pl/sledzenie-przesylek?number={}",
    "postat": "https://www.post.at/en/s/item-details?shipmentId={}",
    "postch": "https://service.post.ch/ekp-web/ui/entry/search/{}",
    "postnl": "https://jouw.postnl.nl/track-and-trace/{}",
    "postnord": "https://tracking.postnord.com/en/tracking?id={}",
    "royalmail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
}
OTHER_NAMES = {
    "amazon": "amazonlogistics",
    "amzl": "amazonlogistics",
    "australiapost": "auspost",
    "deutschepost": "dhl",
    "dhlexpress": "dhl",
    "dhlpaket": "dhl",
    "dpdde": "dpd",
    "federalexpress": "fedex",
    "hermes": "evri",
    "laposte": "colissimo",
    "osterreichischepost": "postat",
    "swisspost": "postch",
    "unitedparcelservice": "ups",
    "unitedstatespostalservice": "usps",
    "uspostalservice": "usps",
}
NAMES = (
    "UPS",
    "USPS",
    "FedEx",
    "DHL",
    "DPD",
    "GLS",
    "Royal Mail",
    "Evri",
    "Amazon Logistics",
    "Canada Post",
    "Australia Post",
    "Colissimo",
    "Correos",
    "PostNL",
    "PostNord",
    "bpost",
    "InPost",
    "Swiss Post",
)
LETTERS = re.compile(r"[^a-z]")
NUMBER = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 ./-]{3,78}$")


def tracking_url(carrier: str, number: str) -> str:
    """Return the https address of the carrier's page about a parcel, "" for a carrier or number that we do not know."""
    name = LETTERS.sub("", carrier.lower())
    page = PAGES.get(OTHER_NAMES.get(name, name), "")
    if not page or not NUMBER.match(number.strip()):
        return ""
    return page.format(quote(number.replace(" ", ""), safe=""))
