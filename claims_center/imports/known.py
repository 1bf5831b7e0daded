"""All formats of order reports."""

from claims_center.imports import amazon, ebay, etsy, plain, walmart

FORMATS = (amazon.FORMAT, *ebay.FORMATS, *etsy.FORMATS, walmart.FORMAT, plain.FORMAT)
