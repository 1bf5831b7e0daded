"""Addresses under /m/<merchant>/ of this room."""

from django.urls import path

from customers.views import CustomerList

app_name = "customers"
urlpatterns = [
    path("customers/", CustomerList.as_view(), name="list"),
]
