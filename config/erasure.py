"""What every room forgets of a person: dotted paths of `forget(*, customer_id) -> int`, in this order."""

FORGETTERS: dict[str, str] = {
    # While the claims still know to which addresses was written.
    "claims": "claims_center.services.forgetting.forget",
    "rewards": "loyalty.services.forgetting.forget",
    "points": "loyalty.services.adjustments.forget",
    "offers": "offers.services.copies.forget",
    "clients": "cockpit.client.privacy.forget",
    "messages": "messaging.forgetting.forget",
    "exports": "exports.retention.forget",
    "tills": "pos.forgetting.forget",
}
