"""Which function handles which kind of job, and what people call it."""

from django.utils.translation import gettext_lazy as _

HANDLERS: dict[str, str] = {
    "message.send": "messaging.handlers.send_messages",
    "message.event": "messaging.handlers.apply_event",
    "claims.rematch": "claims_center.handlers.rematch",
    "claims.follow_up": "claims_center.handlers.follow_up",
    "claims.refresh_copies": "claims_center.handlers.refresh_copies",
    "claims.remind": "claims_center.catalogue.handlers.remind",
    "claims.fetch_picture": "claims_center.catalogue.handlers.fetch_picture",
    "claims.tally": "claims_center.tallies.handlers.fold_changes",
    "claims.bulk": "claims_center.bulk.handlers.run_bulk",
    "claims.bulk_rest": "claims_center.bulk.handlers.close_bulk",
    "codes.generate": "codes.handlers.generate",
    "codes.low_pool": "codes.handlers.check_low_pools",
    "codes.serve": "codes.handlers.serve",
    "import.read": "exports.handlers.read",
    "import.apply": "exports.handlers.apply",
    "cashback.settle": "loyalty.handlers.settle_cashback",
    "coupons.sweep": "loyalty.handlers.sweep_coupons",
    "ledger.expire": "ledger.handlers.expire_due",
    "ledger.check": "ledger.handlers.check",
    "retention.clean": "jobs.handlers.clean_up",
}

LABELS = {
    "message.send": _("Send e-mail"),
    "message.event": _("Delivery report"),
    "claims.rematch": _("Check claims against orders"),
    "claims.follow_up": _("Verify and send by itself"),
    "claims.refresh_copies": _("Carry a new name to claims"),
    "claims.remind": _("Remind a visitor to finish"),
    "claims.fetch_picture": _("Fetch a product's picture"),
    "claims.tally": _("Add up figures"),
    "claims.bulk": _("Bulk action on claims"),
    "claims.bulk_rest": _("Close a stopped bulk action"),
    "codes.generate": _("Generate codes"),
    "codes.low_pool": _("Check code pools"),
    "codes.serve": _("Give codes to those who wait"),
    "import.read": _("Read an uploaded file"),
    "import.apply": _("Import a file"),
    "cashback.settle": _("Pay cashback"),
    "coupons.sweep": _("Activate and end coupons"),
    "ledger.expire": _("Expire what is past its time"),
    "ledger.check": _("Check the ledger"),
    "retention.clean": _("Clean up old records"),
}

# What the nightly clean-up calls, in this order: `def remove(*, now, limit) -> int`, in the merchant's scope.
CLEANERS: dict[str, str] = {
    "jobs": "jobs.retention.remove_old_jobs",
    "ticks": "jobs.retention.remove_old_ticks",
    "answers": "tenancy.retention.remove_old_records",
    "traces": "tenancy.retention.remove_old_traces",
    "inbound_events": "messaging.retention.remove_old_events",
    "uploads": "exports.retention.remove_old_files",
    "bulk_acts": "claims_center.bulk.retention.remove_old_acts",
    "funnel_drafts": "claims_center.retention.remove_old_drafts",
}
