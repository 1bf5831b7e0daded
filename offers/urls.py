"""Addresses of this room, below the merchant's."""

from django.urls import path

from offers.views import OfferResponses, Offers

app_name = "offers"
urlpatterns = [
    path("offers/", Offers.as_view(), name="offers"),
    path("offer-responses/", OfferResponses.as_view(), name="responses"),
]
