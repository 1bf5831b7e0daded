"""What synthetic claims are compared by: the product's own fingerprints, once for each customer."""

from django.db import connections

from claims_center.signals.traits import tokens_of
from config.load.fill import OWNER, Loader

COLUMNS = "n integer, kind text, token text"
PEOPLE = "SELECT n, street, house_number, city, postal_code, country, phone, email FROM load_person"


def draft_traits(loader: Loader) -> None:
    """Keep the fingerprints of every customer's address, phone and mailbox in `load_trait`, by number."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(PEOPLE)
        rows = []
        for n, street, house_number, city, postal_code, country, phone, email in cursor:
            ship_to = {"street": street, "house_number": house_number, "city": city}
            ship_to |= {"postal_code": postal_code, "country": country}
            rows += [(n, *found) for found in tokens_of(ship_to=ship_to, phone=phone, email=email).items()]
    loader.copy("load_trait", COLUMNS, rows)
