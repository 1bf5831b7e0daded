from tests.walls.test_double_posts import *
from tests.walls.test_double_posts import press, owner
from tenancy.views.base import StaffView, OPERATION, is_fresh, ask_again
from django.views.generic import View
def old(self, request, *args, **kwargs):
    self.prepare()
    if self.reauthenticate and not is_fresh(request): return ask_again(request)
    op = request.POST.get("op_id","") if request.method=="POST" else ""
    if OPERATION.match(op): return self._once(op, lambda: View.dispatch(self, request,*args,**kwargs))
    return View.dispatch(self, request,*args,**kwargs)
@pytest.fixture(autouse=True)
def olden(monkeypatch): monkeypatch.setattr(StaffView,"dispatch",old)
