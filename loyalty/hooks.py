"""Where providers of cashback report: `/hooks/<merchant's public id>/cashback/<provider>/`."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from loyalty.cashback.provider import PROVIDERS, CallbackRefused, provider_for
from loyalty.models import CashbackAccount, CashbackPayment
from loyalty.services.cashback import settle

log = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")
class CashbackCallback(View):
    """Take up a signed report about an order. A repeated one changes nothing. No session, no page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        """Verify, settle, answer 200; 403 for what is not signed by the provider, 404 for an order that is not ours."""
        account = CashbackAccount.objects.filter(provider=provider).first()
        if provider not in PROVIDERS or account is None:
            raise Http404
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            order_id, answer = provider_for(provider, account).read_callback(headers, request.body)
        except CallbackRefused:
            log.warning("A report on cashback was refused", extra={"provider": provider})
            return HttpResponse("Not authorised.", status=403, content_type="text/plain")
        payment = CashbackPayment.objects.filter(provider=provider, order_id=order_id).first()
        if payment is None:
            raise Http404
        settle(payment_id=payment.id, answer=answer, now=timezone.now())
        return HttpResponse()
