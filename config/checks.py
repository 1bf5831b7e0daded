"""What check_ledger asks the document rooms: dotted paths of `check(merchant_id) -> list[Finding]`."""

LEDGER_CHECKS: list[str] = [
    "claims_center.checks.check_claims",
    "loyalty.checks.check_rewards",
    "offers.checks.check_responses",
]
