"""Staff addresses under /m/<merchant>/ of this room."""

from django.urls import path

from claims_center.views import actions, bulk, claim, claims, corrections, orders

app_name = "claims"

ACTS = {
    "verify": actions.VerifyView,
    "unverify": actions.UnverifyView,
    "info": actions.InfoView,
    "reject": actions.RejectView,
    "reopen": actions.ReopenView,
    "send-gift": actions.SendGiftView,
    "resend": actions.ResendView,
    "change-gift": actions.ChangeGiftView,
    "process": actions.ProcessView,
    "unprocess": actions.UnprocessView,
    "delivered": actions.DeliveredView,
    "correct-email": corrections.CorrectEmailView,
    "address": corrections.AddressView,
    "shipping": corrections.ShippingView,
    "order-number": corrections.OrderNumberView,
    "assign": corrections.AssignView,
    "note": corrections.NoteView,
}
CLAIM = "claims/<uuid:claim_id>/"

urlpatterns = [
    path("claims/", claims.ClaimList.as_view(), name="list"),
    path("claims/bulk/<str:act>/", bulk.ConfirmView.as_view(), name="bulk"),
    path("claims/bulk-runs/<uuid:job_id>/", bulk.ResultView.as_view(), name="bulk-result"),
    path(CLAIM, claim.ClaimPage.as_view(), name="claim"),
    path(f"{CLAIM}code/", corrections.CodeView.as_view(), name="code"),
    path(f"{CLAIM}label/", corrections.LabelView.as_view(), name="label"),
    *(path(f"{CLAIM}{name}/", view.as_view(), name=name) for name, view in ACTS.items()),
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/<uuid:order_id>/", orders.OrderPage.as_view(), name="order"),
]
