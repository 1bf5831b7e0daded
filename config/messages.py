"""Who writes a message's words at the moment of sending, and who hears of its fate."""

from django.utils.translation import gettext_lazy as _

# kind -> `def render(message) -> messaging.render.Rendered`; raises messaging.errors.NoLongerValid.
RENDERERS: dict[str, str] = {
    "reward.redeemed": "loyalty.mails.reward_redeemed",
    "points.expiring": "loyalty.point_mail.expiring",
    "claim.gift": "claims_center.giftmail.gift",
    "claim.received": "claims_center.giftmail.notice",
    "claim.needs_info": "claims_center.giftmail.notice",
    "claim.rejected": "claims_center.giftmail.notice",
    "claim.reopened": "claims_center.giftmail.notice",
    "claim.shipped": "claims_center.giftmail.notice",
    "claim.processed": "claims_center.giftmail.notice",
    "claim.delivered": "claims_center.giftmail.notice",
    "mail.trial": "messaging.trial.render",
    "claim.reminder": "claims_center.remindermail.reminder",
    "codes.low": "claims_center.poolmail.low",
    "export.stopped": "exports.mail.stopped",
    "client.sign_in": "cockpit.client.mail.sign_in",
    "export.ready": "exports.destinations.mail.ready",
    "export.test": "exports.destinations.mail.test",
    "webhooks.off": "messaging.webhooks.notice.off",
}

# kind -> its messaging.kinds.MailKind: our words for it and what a merchant's own may say, in the order of the page.
TEXTS: dict[str, str] = {
    "claim.received": "claims_center.mailtexts.RECEIVED",
    "claim.needs_info": "claims_center.mailtexts.NEEDS_INFO",
    "claim.rejected": "claims_center.mailtexts.REJECTED",
    "claim.reopened": "claims_center.mailtexts.REOPENED",
    "claim.gift": "claims_center.mailtexts.GIFT",
    "claim.shipped": "claims_center.mailtexts.SHIPPED",
    "claim.delivered": "claims_center.mailtexts.DELIVERED",
    "claim.processed": "claims_center.mailtexts.PROCESSED",
    "claim.reminder": "claims_center.remindermail.REMINDER",
    "points.expiring": "loyalty.point_mail.EXPIRING",
    "client.sign_in": "cockpit.client.mail.SIGN_IN",
}

# origin -> `def changed(*, message, status, at)`, in the transaction of the change.
LISTENERS: dict[str, str] = {
    "claim": "claims_center.services.delivery.mail_changed",
}

# origin -> `def corrected(*, message, to_address, actor, now)`, in the transaction that sends to a corrected address.
CORRECTORS: dict[str, str] = {
    "claim": "claims_center.services.delivery.mail_corrected",
}

# What people call a kind of message.
KINDS = {
    "reward.redeemed": _("Reward Redeemed"),
    "points.expiring": _("Points that expire soon"),
    "claim.gift": _("Gift"),
    "claim.needs_info": _("Question about a claim"),
    "claim.rejected": _("Claim rejected"),
    "claim.received": _("Claim received"),
    "claim.reopened": _("Claim reopened"),
    "claim.shipped": _("Gift shipped"),
    "claim.processed": _("Claim done"),
    "claim.delivered": _("Gift delivered"),
    "mail.trial": _("Test of a text"),
    "claim.reminder": _("Reminder to finish"),
    "codes.low": _("Code pool running low"),
    "export.stopped": _("Export stopped"),
    "client.sign_in": _("Link to sign in"),
    "export.ready": _("Export ready"),
    "export.test": _("Test of a destination"),
    "webhooks.off": _("Webhook endpoint switched off"),
}

# origin -> what people call such a document, and the name of its page's address (merchant's slug, document's id).
ORIGINS = {
    "redeemed_reward": (_("Redeemed reward"), "loyalty:redeemed_detail"),
    "offer_response": (_("Offer response"), "offers:response"),
    "claim": (_("Claim"), "claims:claim"),
    "funnel": (_("Funnel"), "catalogue:funnel"),
    "code_pool": (_("Code pool"), "codes:pool"),
    "export": (_("Export"), "exports:export"),
    "customer": (_("Customer"), "cockpit:customer"),
    "destination": (_("Destination"), "exports:destination"),
    "export_run": (_("Export"), "exports:run"),
    "webhook_endpoint": (_("Webhook endpoint"), "messaging:endpoint"),
}
