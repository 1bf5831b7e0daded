"""Every address of the site; each room keeps its own list."""

from django.urls import URLPattern, URLResolver, include, path

from tenancy.views.brand import Brand
from tenancy.views.home import Home
from tenancy.views.join import Join
from tenancy.views.media import Media

# Staff pages of each room; what follows the merchant is the room's own.
STAFF = (
    "tenancy.urls",
    "claims_center.urls",
    "claims_center.catalogue.urls",
    "codes.urls",
    "messaging.urls",
    "loyalty.urls",
    "offers.urls",
    "customers.urls",
    "jobs.urls",
    "cockpit.urls",
    "exports.urls",
    "guide.urls",
)

urlpatterns: list[URLPattern | URLResolver] = [
    # First, since it is asked for most.
    path("api/v1/", include("pos.urls")),
    path("", Home.as_view(), name="home"),
    path("accounts/", include("tenancy.account_urls")),
    path("brand/<slug:merchant>/brand.css", Brand.as_view(), name="brand"),
    path("f/<slug:merchant>/media/<str:name>", Media.as_view(), name="media"),
    path("join/<str:token>/", Join.as_view(), name="join"),
    *(path("m/<slug:merchant>/", include(urls)) for urls in STAFF),
    path("hooks/<slug:public_id>/", include("messaging.hook_urls")),
    path("hooks/<slug:public_id>/", include("loyalty.hook_urls")),
    path("c/<slug:merchant>/", include("cockpit.client.urls")),
    path("", include("claims_center.public.urls")),
]

handler400 = "tenancy.views.errors.bad_request"
handler403 = "tenancy.views.errors.refused"
handler404 = "tenancy.views.errors.not_found"
handler429 = "tenancy.views.errors.too_many"
handler500 = "tenancy.views.errors.failed"
