"""The calls of the POS API."""

from collections.abc import Iterator, Sequence
from typing import Any, cast
from urllib.parse import quote

from claims_till.sending import Sender
from claims_till.shapes import (
    Checked,
    Item,
    Member,
    Offer,
    Purchase,
    RedeemedReward,
    Response,
    Return,
    Reward,
    StatementLine,
)


class Till:
    """A till with a key. Not to be shared between threads.

    `timeout` is in seconds and for each attempt. Every write takes a `key`: leave it out, and each call of a method is
    one act; keep one and give it again to repeat an act of which you do not know whether it happened. All methods raise
    `Refused` where the API says no, and `NoAnswer` where nothing came back.
    """

    def __init__(self, base_url: str, key: str, *, timeout: float = 10.0, attempts: int = 5) -> None:
        self._sender = Sender(base_url, key, timeout=timeout, attempts=attempts)

    def close(self) -> None:
        """Close the connection; the next call opens it again."""
        self._sender.close()

    # Members

    def enrol(self, *, key: str | None = None, **details: Any) -> Member:
        """Enrol a member by `email`, `phone` or `card_number`; also `first_name`, `last_name`, `birthday`, `address`."""
        return cast("Member", self._sender.post("members", details, key=key))

    def find_members(
        self, *, email: str | None = None, phone: str | None = None, card_number: str | None = None
    ) -> list[Member]:
        """Return the members who are known by this."""
        return cast("list[Member]", self._list("members", email=email, phone=phone, card_number=card_number))

    def member(self, member_id: str) -> Member:
        """Return one member, with points."""
        return cast("Member", self._sender.get(f"members/{member_id}"))

    def statement(self, member_id: str) -> Iterator[StatementLine]:
        """Yield what moved a member's points, the latest first, page by page."""
        return cast("Iterator[StatementLine]", self._all(f"members/{member_id}/statement"))

    # Purchases

    def record_purchase(
        self,
        member_id: str,
        *,
        reference: str,
        amount: str,
        currency: str,
        occurred_at: str | None = None,
        items: Sequence[Item] | None = None,
        key: str | None = None,
    ) -> Purchase:
        """Record a purchase: it earns points, and may bring offers."""
        body = {"member_id": member_id, "reference": reference, "amount": amount, "currency": currency}
        more = {"occurred_at": occurred_at, "items": list(items) if items else None}
        return cast("Purchase", self._sender.post("purchases", body | more, key=key))

    def return_goods(self, purchase: str, *, reference: str, amount: str, key: str | None = None) -> Return:
        """Take goods of a purchase back, and their share of the points."""
        path = f"purchases/{quote(purchase, safe='')}/returns"
        return cast("Return", self._sender.post(path, {"reference": reference, "amount": amount}, key=key))

    # Offers and responses

    def offers(self, member_id: str) -> list[Offer]:
        """Return what a member can claim or holds, and why not the others."""
        return cast("list[Offer]", self._list("offers", member_id=member_id))

    def claim(self, offer_id: str, member_id: str, *, key: str | None = None) -> Response:
        """Claim an offer for a member."""
        return self._response(f"offers/{offer_id}/responses", key, member_id=member_id)

    def responses(self, member_id: str) -> Iterator[Response]:
        """Yield a member's responses, the latest first, page by page."""
        return cast("Iterator[Response]", self._all(f"members/{member_id}/responses"))

    def usable_responses(self, member_id: str) -> list[Response]:
        """Return what a member can use at this moment, what ends soonest first."""
        return list(cast("Iterator[Response]", self._all(f"members/{member_id}/responses", usable="true")))

    def check(self, member_id: str, *, amount: str, currency: str, items: Sequence[Item] = ()) -> Checked:
        """Return which responses fit a basket, and why the others do not. Changes nothing."""
        body = {"amount": amount, "currency": currency, "items": list(items)}
        return cast("Checked", self._sender.post(f"members/{member_id}/responses/check", body, is_once=False))

    def response(self, response_id: str) -> Response:
        """Return one response."""
        return cast("Response", self._sender.get(f"responses/{response_id}"))

    def responses_by_code(self, certificate_code: str) -> list[Response]:
        """Return the responses that carry a code: one, unless many were given the same."""
        return cast("list[Response]", self._list("responses", certificate_code=certificate_code))

    def clip(self, response_id: str, *, key: str | None = None) -> Response:
        """Opt in."""
        return self._response(f"responses/{response_id}/clip", key)

    def reserve(self, response_id: str, *, ttl_seconds: int | None = None, key: str | None = None) -> Response:
        """Hold a response for this till, 15 minutes unless said otherwise; its `reservation` carries the token."""
        return self._response(f"responses/{response_id}/reserve", key, ttl_seconds=ttl_seconds)

    def release(self, response_id: str, *, token: str, key: str | None = None) -> Response:
        """Let a reserved response go again."""
        return self._response(f"responses/{response_id}/release", key, token=token)

    def redeem(
        self,
        response_id: str,
        *,
        reference: str | None = None,
        amount: str | None = None,
        token: str | None = None,
        key: str | None = None,
    ) -> Response:
        """Use a response in a purchase; `token` where this till has reserved it."""
        return self._response(f"responses/{response_id}/redeem", key, reference=reference, amount=amount, token=token)

    def reverse(self, response_id: str, *, reason: str, key: str | None = None) -> Response:
        """Take the use of a response back. Needs the scope `reverse`."""
        return self._response(f"responses/{response_id}/reverse", key, reason=reason)

    def start_processing(self, response_id: str, *, reason: str | None = None, key: str | None = None) -> Response:
        """Say that it is going to be shipped. Needs the scope `fulfil`."""
        return self._response(f"responses/{response_id}/processing", key, reason=reason)

    def ship(self, response_id: str, *, reason: str | None = None, key: str | None = None) -> Response:
        """Say that it is on its way. Needs the scope `fulfil`."""
        return self._response(f"responses/{response_id}/shipping", key, reason=reason)

    def cancel(self, response_id: str, *, reason: str | None = None, key: str | None = None) -> Response:
        """Say that it can no longer be used. Needs the scope `fulfil`."""
        return self._response(f"responses/{response_id}/cancel", key, reason=reason)

    # Rewards

    def rewards(self, member_id: str | None = None) -> Iterator[Reward]:
        """Yield the rewards, the cheapest first; for a member, whether that member can have them."""
        return cast("Iterator[Reward]", self._all("rewards", member_id=member_id))

    def redeem_reward(self, reward_id: str, member_id: str, *, key: str | None = None) -> RedeemedReward:
        """Redeem a reward for a member's points."""
        body = {"member_id": member_id}
        return cast("RedeemedReward", self._sender.post(f"rewards/{reward_id}/redeem", body, key=key))

    def redeemed_reward(self, redeemed_id: str) -> RedeemedReward:
        """Return one redeemed reward."""
        return cast("RedeemedReward", self._sender.get(f"redeemed-rewards/{redeemed_id}"))

    def use_reward(self, redeemed_id: str, *, reason: str | None = None, key: str | None = None) -> RedeemedReward:
        """Mark a redeemed reward as used."""
        return self._redeemed(redeemed_id, "use", reason, key)

    def unuse_reward(self, redeemed_id: str, *, reason: str | None = None, key: str | None = None) -> RedeemedReward:
        """Take the mark off again. Needs the scope `reverse`."""
        return self._redeemed(redeemed_id, "unuse", reason, key)

    def cancel_reward(self, redeemed_id: str, *, reason: str | None = None, key: str | None = None) -> RedeemedReward:
        """Cancel a redeemed reward, and give the points back. Needs the scope `reverse`."""
        return self._redeemed(redeemed_id, "cancel", reason, key)

    def _response(self, path: str, key: str | None, **body: Any) -> Response:
        return cast("Response", self._sender.post(path, body, key=key))

    def _redeemed(self, redeemed_id: str, act: str, reason: str | None, key: str | None) -> RedeemedReward:
        path = f"redeemed-rewards/{redeemed_id}/{act}"
        return cast("RedeemedReward", self._sender.post(path, {"reason": reason}, key=key))

    def _list(self, path: str, **params: Any) -> list[Any]:
        return cast("list[Any]", self._sender.get(path, params)["results"])

    def _all(self, path: str, **params: Any) -> Iterator[Any]:
        found = self._sender.get(path, params)
        while True:
            yield from found["results"]
            if not found["next"]:
                return
            found = self._sender.follow(found["next"])
