"""Addresses under /m/<merchant>/ of the catalogue."""

from django.urls import path

from claims_center.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("products/", views.ProductList.as_view(), name="products"),
    path("products/new/", views.ProductNew.as_view(), name="product_new"),
    path("products/<uuid:pk>/", views.ProductEdit.as_view(), name="product"),
    path("products/<uuid:pk>/archive/", views.ProductArchive.as_view(), name="product_archive"),
    path("products/<uuid:pk>/restore/", views.ProductRestore.as_view(), name="product_restore"),
    path("promotions/", views.PromotionList.as_view(), name="promotions"),
    path("promotions/new/", views.PromotionNew.as_view(), name="promotion_new"),
    path("promotions/<uuid:pk>/", views.PromotionEdit.as_view(), name="promotion"),
    path("promotions/<uuid:pk>/file/", views.PromotionFile.as_view(), name="promotion_file"),
    path("promotions/<uuid:pk>/archive/", views.PromotionArchive.as_view(), name="promotion_archive"),
    path("promotions/<uuid:pk>/restore/", views.PromotionRestore.as_view(), name="promotion_restore"),
    path("funnels/", views.FunnelList.as_view(), name="funnels"),
    path("funnels/new/", views.FunnelNew.as_view(), name="funnel_new"),
    path("funnels/new/preview/", views.FunnelPreview.as_view(), name="funnel_preview_new"),
    path("funnels/colours.css", views.FunnelColours.as_view(), name="funnel_colours"),
    path("funnels/<uuid:pk>/", views.FunnelDetail.as_view(), name="funnel"),
    path("funnels/<uuid:pk>/edit/", views.FunnelEdit.as_view(), name="funnel_edit"),
    path("funnels/<uuid:pk>/publish/", views.FunnelPublish.as_view(), name="funnel_publish"),
    path("funnels/<uuid:pk>/close/", views.FunnelClose.as_view(), name="funnel_close"),
    path("funnels/<uuid:pk>/preview/", views.FunnelPreview.as_view(), name="funnel_preview"),
    path("funnels/<uuid:pk>/archive/", views.FunnelArchive.as_view(), name="funnel_archive"),
    path("funnels/<uuid:pk>/restore/", views.FunnelRestore.as_view(), name="funnel_restore"),
    path("funnels/<uuid:pk>/clone/", views.FunnelClone.as_view(), name="funnel_clone"),
    path("funnels/<uuid:pk>/qr.<str:kind>", views.FunnelQr.as_view(), name="funnel_qr"),
    path("funnels/<uuid:pk>/insert/", views.FunnelInsert.as_view(), name="funnel_insert"),
]
