import pytest
from tests.tenancy.test_second_factor import *
from tests.tenancy.conftest import *
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
def test_dbg(signed_in):
    here = signed_in(Role.OWNER)
    user = User.objects.get()
    elsewhere = Client(); sign_in(elsewhere, user)
    page = here.get(ACTIVATE); secret = page.context["form"].secret
    print(UserSession.objects.values_list("session_key",flat=True), here.session.session_key, elsewhere.session.session_key)
    r=here.post(ACTIVATE, {"code": code_of(secret)}); print(r.status_code)
    print(UserSession.objects.values_list("session_key",flat=True), Session.objects.count(), SecurityEvent.objects.values_list("kind",flat=True))
    assert 0
