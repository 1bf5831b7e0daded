"""Staff addresses under /m/<merchant>/ of this room."""

from django.urls import path

from claims_center.views import (
    actions,
    bulk,
    bulk_results,
    claim,
    claims,
    corrections,
    orders,
    overview,
    signals,
    waiting,
)

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
    "wait": waiting.WaitView,
    "leave-line": waiting.LeaveView,
}
CLAIM = "claims/<uuid:claim_id>/"
BULK = "claims/bulk-acts/<uuid:bulk_id>/"

urlpatterns = [
    path("claims/", claims.ClaimList.as_view(), name="list"),
    path("claims/overview/", overview.OverviewPage.as_view(), name="overview"),
    path("claims/bulk/<str:act>/", bulk.ChooseView.as_view(), name="bulk"),
    path("claims/bulk-acts/", bulk_results.ActList.as_view(), name="bulk-acts"),
    path(f"{BULK}", bulk_results.ResultView.as_view(), name="bulk-act"),
    path(f"{BULK}preview/", bulk.PreviewView.as_view(), name="bulk-preview"),
    path(f"{BULK}stop/", bulk.StopView.as_view(), name="bulk-stop"),
    path(f"{BULK}undo/", bulk.UndoView.as_view(), name="bulk-undo"),
    path(f"{BULK}rows.csv", bulk_results.RowsView.as_view(), name="bulk-rows"),
    path(CLAIM, claim.ClaimPage.as_view(), name="claim"),
    path(f"{CLAIM}code/", corrections.CodeView.as_view(), name="code"),
    path(f"{CLAIM}label/", corrections.LabelView.as_view(), name="label"),
    *(path(f"{CLAIM}{name}/", view.as_view(), name=name) for name, view in ACTS.items()),
    path(f"{CLAIM}signals/<str:kind>/", signals.DismissView.as_view(), name="dismiss"),
    path("claims/signals/", signals.RulesView.as_view(), name="signals"),
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/<uuid:order_id>/", orders.OrderPage.as_view(), name="order"),
]
