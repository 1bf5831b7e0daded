"""A customer's browser without scripts: posts what the pages ask for, one step after the other."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from claims_center.models import Claim, Funnel, Journey, Listing
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

CONTACT = {"first_name": "Ines", "last_name": "Fournier", "email": "ines@example.com", "phone": "+33 1 23 45 67 89"}
ADDRESS = {"street": "Rue des Fleurs", "house_number": "8", "postal_code": "69001", "city": "Lyon", "country": "FR"}
FEEDBACK = {"rating": "2", "feedback": "It leaks a little, but the coffee is good."}
ORDER = {"order_number": "112-7391030-0042617"}


class Walker:
    """Walks a funnel by its addresses."""

    def __init__(self, client: Client, merchant: Merchant, funnel: Funnel) -> None:
        self.client = client
        self.merchant = merchant
        self.funnel = funnel

    def url(self, step: str = "") -> str:
        """Return the address of a step."""
        return f"/f/{self.merchant.slug}/{self.funnel.slug}/{f'{step}/' if step else ''}"

    def get(self, step: str = "") -> HttpResponse:
        """Open a step."""
        return self.client.get(self.url(step))  # type: ignore[return-value]

    def post(self, step: str = "", **values: Any) -> HttpResponse:
        """Send a step's form."""
        return self.client.post(self.url(step), values)  # type: ignore[return-value]

    def listing(self, marketplace: str = "amazon") -> str:
        """Return the id of the funnel's listing on a marketplace."""
        with merchant_scope(self.merchant):
            return str(Listing.objects.get(marketplace=marketplace, product__funnel_products__funnel=self.funnel).id)

    def walk(self, until: str = "review") -> None:
        """Fill in every step before the named one."""
        self.get()
        steps = {
            "": {"listing": self.listing()},
            "order": ORDER,
            "feedback": FEEDBACK,
            "contact": CONTACT | (ADDRESS if self.funnel.promotion.is_physical else {}),
        }
        for step, values in steps.items():
            if step == until:
                return
            if step == "order" and self.funnel.order_number == "none":
                continue
            response = self.post(step, **values)
            assert response.status_code == 302, response.content.decode()

    def submit(self) -> HttpResponse:
        """Walk to the end and send the claim."""
        self.walk()
        return self.post("review")

    def claims(self) -> list[Claim]:
        """Return every claim of the merchant."""
        with merchant_scope(self.merchant):
            return list(Claim.objects.select_related("journey", "listing"))

    def journey(self) -> Journey:
        """Return the only journey."""
        with merchant_scope(self.merchant):
            return Journey.objects.get()
