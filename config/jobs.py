"""Which function handles which kind of job, and what people call it."""

from django.utils.translation import gettext_lazy as _

HANDLERS: dict[str, str] = {
    "message.send": "messaging.handlers.send_messages",
    "message.event": "messaging.handlers.apply_event",
    "claims.rematch": "claims_center.handlers.rematch",
    "claims.follow_up": "claims_center.handlers.follow_up",
    "claims.refresh_copies": "claims_center.handlers.refresh_copies",
    "claims.bulk": "claims_center.bulk.handlers.run_bulk",
    "codes.generate": "codes.handlers.generate",
    "codes.low_pool": "codes.handlers.check_low_pools",
    "import.read": "exports.handlers.read",
    "import.apply": "exports.handlers.apply",
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
    "claims.bulk": _("Bulk action on claims"),
    "codes.generate": _("Generate codes"),
    "codes.low_pool": _("Check code pools"),
    "import.read": _("Read an uploaded file"),
    "import.apply": _("Import a file"),
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
    "funnel_drafts": "claims_center.retention.remove_old_drafts",
}
