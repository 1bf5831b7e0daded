"""PayTM's wallet transfer (disburse) API, version 1: transfer, status query, and its signed callback.

Source: business.paytm.com/docs/api/wallet-transfer-api and .../disburse-status-query-api.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loyalty.cashback.checksum import is_signed, sign
from loyalty.cashback.provider import Account, Answer, CallbackRefused, Order, Verdict
from tenancy.outbound import NoAnswer, post

TRANSFER = "/bpay/api/v1/disburse/order/wallet/loyalty"
QUERY = "/bpay/api/v1/disburse/order/query"
VERDICTS = {
    "SUCCESS": Verdict.SUCCESS,
    "FAILURE": Verdict.FAILURE,
    "CANCELLED": Verdict.FAILURE,
    "ACCEPTED": Verdict.PENDING,
    "PENDING": Verdict.PENDING,
    "QUEUED": Verdict.PENDING,
}
# A failure of the request, not of the payment. PayTM tells these two by words; their codes have changed over the years.
DUPLICATE = re.compile(r"duplicate|already (exists|present|processed)", re.IGNORECASE)
NOT_FOUND = re.compile(r"(order|transaction).*(not (exist|found)|doesn't exist)|no (such )?order", re.IGNORECASE)
SIGNATURE = "x-checksum"
LONGEST = 200


class PayTM:
    """One merchant's account at PayTM."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def transfer(self, order: Order) -> Answer:
        """Ask for a transfer to the wallet of a phone number. An order that stands there already is asked about."""
        body = {
            "subwalletGuid": self.account.wallet,
            "orderId": order.order_id,
            "beneficiaryPhoneNo": order.phone,
            "amount": f"{order.amount:.2f}",
            "callbackUrl": order.callback_url,
        }
        answer = self._ask(TRANSFER, body)
        if answer.verdict == Verdict.UNKNOWN:
            # It is not the order that is missing, which it has just been told, but whom or from where to pay.
            return replace(answer, verdict=Verdict.FAILURE)
        is_known = answer.verdict == Verdict.FAILURE and DUPLICATE.search(answer.message)
        return self.query(order.order_id) if is_known else answer

    def query(self, order_id: str) -> Answer:
        """Ask what has become of an order."""
        return self._ask(QUERY, {"orderId": order_id})

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> tuple[str, Answer]:
        """Return order id and answer of a callback, whose signature has to be right for the very bytes that came."""
        try:
            text = body.decode()
            if not is_signed(text, self.account.key, headers.get(SIGNATURE, "")):
                raise CallbackRefused
            told = json.loads(text)
            order_id = str(told["result"]["orderId"])
        except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
            raise CallbackRefused from error
        return order_id, _read(told)

    def _ask(self, path: str, body: dict[str, Any]) -> Answer:
        text = json.dumps(body, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json",
            "x-mid": self.account.merchant_code,
            SIGNATURE: sign(text, self.account.key),
        }
        answered = post(f"{self.account.base_url.rstrip('/')}{path}", body=text.encode(), headers=headers)
        try:
            told = json.loads(answered.content)
        except ValueError as error:
            raise NoAnswer("unreadable", again=True) from error
        return _read(told)


def _read(told: Any) -> Answer:
    """Return what a body says; one that says nothing we know leaves the order open."""
    if not isinstance(told, dict):
        return Answer(Verdict.PENDING, "UNREADABLE", "")
    found = told.get("result")
    result = found if isinstance(found, dict) else {}
    code, message = str(told.get("statusCode") or ""), " ".join(str(told.get("statusMessage") or "").split())
    verdict = VERDICTS.get(str(told.get("status") or "").upper(), Verdict.PENDING)
    if verdict == Verdict.FAILURE and NOT_FOUND.search(message):
        verdict = Verdict.UNKNOWN
    return Answer(verdict, code or "NONE", message[:LONGEST], str(result.get("paytmOrderId") or ""))
