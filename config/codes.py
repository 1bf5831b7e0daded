"""Who waits for codes, and who hears that a pool runs low."""

# origin -> module with `hold(*, origin_id)`, `give(*, origin_id, now)` and `named(*, origin_ids)`; see codes.waiting.
WAITERS: dict[str, str] = {
    "claim": "claims_center.waiting",
}

# `def told(*, pool, free, now)`, in the transaction that notices it; once for each dip.
LOW_POOL_LISTENERS: list[str] = [
    "claims_center.poolmail.tell_admins",
]
