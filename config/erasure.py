"""What becomes of what rooms know of a person who is erased, and of what they hold for them: dotted paths, in this order."""

# What every room forgets: `forget(*, customer_id) -> int`.
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

# Afterwards, what nobody can ask for any more ends: `end(*, customer_id, actor, now) -> int`. The ledger comes last.
ENDINGS: dict[str, str] = {
    "forfeited_points": "loyalty.services.forfeiting.forfeit",
}
