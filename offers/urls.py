"""Addresses of this room, below the merchant's."""

from django.urls import path

from offers.views import acts, assigning, bulk, files, giving, offers, responses, triggers

app_name = "offers"
OFFER = "offers/<uuid:offer_id>/"
RESPONSE = "offer-responses/<uuid:response_id>/"
BULK = "offer-responses/bulk-acts/<uuid:bulk_id>/"
ASSIGNMENT = "offers/assignments/<uuid:bulk_id>/"

urlpatterns = [
    path("offers/", offers.OfferList.as_view(), name="offers"),
    path("offers/new/", offers.OfferNew.as_view(), name="offer_new"),
    path("offers/assign/", assigning.AssignChosen.as_view(), name="assign_chosen"),
    path("offers/assignments/", assigning.Acts.as_view(), name="assign-acts"),
    path(ASSIGNMENT, assigning.Result.as_view(), name="assign-act"),
    path(f"{ASSIGNMENT}preview/", assigning.Preview.as_view(), name="assign-preview"),
    path(f"{ASSIGNMENT}stop/", assigning.Stop.as_view(), name="assign-stop"),
    path(f"{ASSIGNMENT}undo/", assigning.Undo.as_view(), name="assign-undo"),
    path(f"{ASSIGNMENT}rows.csv", assigning.Rows.as_view(), name="assign-rows"),
    path(OFFER, offers.OfferPage.as_view(), name="offer"),
    path(f"{OFFER}assign/", assigning.Assign.as_view(), name="assign"),
    path(f"{OFFER}edit/", offers.OfferEdit.as_view(), name="offer_edit"),
    path(f"{OFFER}publish/", offers.OfferPublish.as_view(), name="offer_publish"),
    path(f"{OFFER}unpublish/", offers.OfferUnpublish.as_view(), name="offer_unpublish"),
    path(f"{OFFER}archive/", offers.OfferArchive.as_view(), name="offer_archive"),
    path(f"{OFFER}restore/", offers.OfferRestore.as_view(), name="offer_restore"),
    path(f"{OFFER}clone/", offers.OfferClone.as_view(), name="offer_clone"),
    path(f"{OFFER}give/", giving.GiveView.as_view(), name="offer_give"),
    path("offers/<uuid:subject_id>/triggers/", triggers.OfferTriggers.as_view(), name="offer_triggers"),
    path("offers/<uuid:subject_id>/triggers/trial/", triggers.OfferTrial.as_view(), name="offer_trial"),
    path("offer-responses/", responses.ResponseList.as_view(), name="responses"),
    path("offer-responses/bulk/<str:act>/", bulk.Choose.as_view(), name="bulk"),
    path("offer-responses/bulk-acts/", bulk.Acts.as_view(), name="bulk-acts"),
    path(BULK, bulk.Result.as_view(), name="bulk-act"),
    path(f"{BULK}preview/", bulk.Preview.as_view(), name="bulk-preview"),
    path(f"{BULK}stop/", bulk.Stop.as_view(), name="bulk-stop"),
    path(f"{BULK}undo/", bulk.Undo.as_view(), name="bulk-undo"),
    path(f"{BULK}rows.csv", bulk.Rows.as_view(), name="bulk-rows"),
    path("offer-responses/file/", files.ResponseFile.as_view(), name="response_file"),
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
