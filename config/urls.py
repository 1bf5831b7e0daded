"""Every address of the site; each room keeps its own list."""

from django.urls import URLPattern, URLResolver, include, path

from tenancy.views.brand import brand
from tenancy.views.home import Home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Home.as_view(), name="home"),
    path("accounts/", include("tenancy.account_urls")),
    path("brand/<slug:merchant>/brand.css", brand, name="brand"),
    path("join/", include("tenancy.join_urls")),
    path("m/<slug:merchant>/", include("tenancy.urls")),
    path("m/<slug:merchant>/", include("customers.urls")),
]

handler400 = "tenancy.views.errors.bad_request"
handler403 = "tenancy.views.errors.refused"
handler404 = "tenancy.views.errors.not_found"
handler429 = "tenancy.views.errors.too_many"
handler500 = "tenancy.views.errors.failed"
