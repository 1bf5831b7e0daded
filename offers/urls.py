"""Addresses of this room, below the merchant's."""

from django.urls import path

from offers.views import acts, giving, offers, responses

app_name = "offers"
OFFER = "offers/<uuid:offer_id>/"
RESPONSE = "offer-responses/<uuid:response_id>/"

urlpatterns = [
    path("offers/", offers.OfferList.as_view(), name="offers"),
    path("offers/new/", offers.OfferNew.as_view(), name="offer_new"),
    path(OFFER, offers.OfferPage.as_view(), name="offer"),
    path(f"{OFFER}edit/", offers.OfferEdit.as_view(), name="offer_edit"),
    path(f"{OFFER}publish/", offers.OfferPublish.as_view(), name="offer_publish"),
    path(f"{OFFER}unpublish/", offers.OfferUnpublish.as_view(), name="offer_unpublish"),
    path(f"{OFFER}archive/", offers.OfferArchive.as_view(), name="offer_archive"),
    path(f"{OFFER}restore/", offers.OfferRestore.as_view(), name="offer_restore"),
    path(f"{OFFER}clone/", offers.OfferClone.as_view(), name="offer_clone"),
    path(f"{OFFER}give/", giving.GiveView.as_view(), name="offer_give"),
    path("offer-responses/", responses.ResponseList.as_view(), name="responses"),
    path(RESPONSE, responses.ResponsePage.as_view(), name="response"),
    path(f"{RESPONSE}clip/", acts.ClipView.as_view(), name="response_clip"),
    path(f"{RESPONSE}complete/", acts.CompleteView.as_view(), name="response_complete"),
    path(f"{RESPONSE}process/", acts.ProcessView.as_view(), name="response_process"),
    path(f"{RESPONSE}ship/", acts.ShipView.as_view(), name="response_ship"),
    path(f"{RESPONSE}release/", acts.ReleaseView.as_view(), name="response_release"),
    path(f"{RESPONSE}cancel/", acts.CancelView.as_view(), name="response_cancel"),
    path(f"{RESPONSE}expire/", acts.ExpireView.as_view(), name="response_expire"),
    path(f"{RESPONSE}reopen/", acts.ReopenView.as_view(), name="response_reopen"),
    path(f"{RESPONSE}reverse/", acts.ReverseView.as_view(), name="response_reverse"),
]
