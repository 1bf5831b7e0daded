"""Addresses under /m/<merchant>/ of this room."""

from django.urls import path

from tenancy.views import lists
from tenancy.views.settings import audit, general, keys, members, retention
from tenancy.views.start import Start

app_name = "tenancy"
urlpatterns = [
    path("", Start.as_view(), name="start"),
    path("lists/display/", lists.ListDisplay.as_view(), name="list_display"),
    path("lists/shortcuts/", lists.Shortcuts.as_view(), name="shortcuts"),
    path("lists/views/new/", lists.NewView.as_view(), name="view_new"),
    path("lists/views/<uuid:pk>/", lists.EditView.as_view(), name="view_edit"),
    path("lists/views/<uuid:pk>/update/", lists.UpdateView.as_view(), name="view_update"),
    path("lists/views/<uuid:pk>/first/", lists.FirstView.as_view(), name="view_first"),
    path("lists/views/<uuid:pk>/move/", lists.MoveView.as_view(), name="view_move"),
    path("lists/views/<uuid:pk>/delete/", lists.DeleteView.as_view(), name="view_delete"),
    path("settings/", general.Settings.as_view(), name="settings"),
    path("settings/general/", general.General.as_view(), name="general"),
    path("settings/branding/", general.Branding.as_view(), name="branding"),
    path("settings/members/", members.Members.as_view(), name="members"),
    path("settings/members/invite/", members.Invite.as_view(), name="invite"),
    path("settings/members/<uuid:pk>/role/", members.ChangeRole.as_view(), name="change_role"),
    path("settings/members/<uuid:pk>/remove/", members.Remove.as_view(), name="remove_member"),
    path("settings/invitations/<uuid:pk>/again/", members.InviteAgain.as_view(), name="invite_again"),
    path("settings/invitations/<uuid:pk>/withdraw/", members.Withdraw.as_view(), name="withdraw_invitation"),
    path("settings/api-keys/", keys.Keys.as_view(), name="keys"),
    path("settings/api-keys/new/", keys.NewKey.as_view(), name="new_key"),
    path("settings/api-keys/sandbox/", keys.Sandbox.as_view(), name="sandbox"),
    path("settings/api-keys/<uuid:pk>/", keys.KeyPage.as_view(), name="key"),
    path("settings/api-keys/<uuid:pk>/revoke/", keys.Revoke.as_view(), name="revoke_key"),
    path("settings/retention/", retention.RetentionPage.as_view(), name="retention"),
    path("settings/audit/", audit.Audit.as_view(), name="audit"),
]
