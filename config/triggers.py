"""What triggers can give, and where the acts that set them off come from (see `triggers.kit`)."""

TARGETS: dict[str, str] = {
    "offer": "offers.triggers.OFFERS",
    "reward": "loyalty.triggers.REWARDS",
}

SOURCES: dict[str, str] = {
    "member.enrolled": "triggers.members.ENROLMENTS",
    "purchase.recorded": "loyalty.triggers.PURCHASES",
    "reward.redeemed": "loyalty.triggers.REDEMPTIONS",
    "claim.processed": "claims_center.triggers.PROCESSINGS",
    "member.birthday": "triggers.members.BIRTHDAYS",
}
