"""Addresses of the code pools, under `m/<merchant>/`."""

from django.urls import path

from codes import views

app_name = "codes"
urlpatterns = [
    path("code-pools/", views.PoolList.as_view(), name="list"),
    path("code-pools/new/", views.PoolNew.as_view(), name="new"),
    path("code-pools/<uuid:pk>/", views.PoolDetail.as_view(), name="pool"),
    path("code-pools/<uuid:pk>/edit/", views.PoolEdit.as_view(), name="edit"),
    path("code-pools/<uuid:pk>/upload/", views.PoolUpload.as_view(), name="upload"),
    path("code-pools/<uuid:pk>/uploads/<uuid:upload_id>/problems.csv", views.UploadProblems.as_view(), name="problems"),
    path("code-pools/<uuid:pk>/export/", views.PoolExport.as_view(), name="export"),
    path("code-pools/<uuid:pk>/generate/", views.PoolGenerate.as_view(), name="generate"),
    path("code-pools/<uuid:pk>/archive/", views.PoolArchive.as_view(), name="archive"),
    path("code-pools/<uuid:pk>/restore/", views.PoolRestore.as_view(), name="restore"),
    path("code-pools/<uuid:pk>/codes/<uuid:code_id>/reveal/", views.CodeReveal.as_view(), name="reveal"),
    path("code-pools/<uuid:pk>/codes/<uuid:code_id>/burn/", views.CodeBurn.as_view(), name="burn"),
]
