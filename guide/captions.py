"""What the pictures of the help pages show, in words. `make tutorial` draws them (tests/tutorial)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# By topic, in the order in which they are shown: the picture's name and its caption.
CAPTIONS: dict[str, dict[str, Any]] = {
    "claims": {
        "claims-tour": _(
            "On your first visit a tour is offered. It can be left at every step and started again from here."
        ),
        "claims-views": _("The views stand above the list. Begin with New: the number says how many claims wait."),
        "claims-search": _(
            "Search by name, e-mail address, phone, order number or code; the list follows as you type."
        ),
        "claims-filter": _("A filter opens below its name. Every tick applies at once and shows as a chip."),
        "claims-open": _("Edit opens the claim; so does the Enter key on a row."),
    },
    "overview": {
        "overview-figures": _(
            "Every figure leads to the list that it counts; below it stands the comparison with the period before."
        ),
        "overview-period": _("Choose 7, 30 or 90 days, or days of your own."),
        "overview-tables": _(
            "The chart shows claims per day by state; the tables compare campaigns, products and marketplaces."
        ),
    },
    "claim": {
        "claim-check": _("Compare: on the left what the customer says, on the right what the order history says."),
        "claim-verify": _("The result is Match, so Verify is the next of the required actions."),
        "claim-ask": _("Something is missing: under More you ask for it, in your own words or with a ready sentence."),
        "claim-send": _("The claim is Verified. Send Gift by Email takes a code and sends it."),
        "claim-sent": _("The delivery status follows the mail on its way."),
        "claim-process": _("The gift is on its way: mark the claim as processed."),
        "claim-done": _(
            "Done. What was delivered, when and by whom stays to be seen; Unprocess opens the claim again."
        ),
        "claim-ship": _(
            "A physical gift: copy or print the mailing address; carrier and tracking number may be noted."
        ),
        "claim-next": _("Previous and Next lead through the list that you came from."),
    },
    "bulk": {
        "bulk-select": _("Select rows, or all that match the filter, and choose what to do."),
        "bulk-preview": _("Nothing has happened yet: so many will be done, so many are skipped and why."),
        "bulk-result": _("Each claim has a result of its own. Undo stands ready for 30 minutes."),
    },
    "lists": {
        "lists-save": _("Filter and sort as you like, then save it as a view."),
        "lists-name": _("Give it a name; share it with the team, or begin with it each time."),
        "lists-tab": _("The view now stands as a tab above the list."),
        "lists-columns": _("Columns are shown, hidden and put in order here."),
        "lists-keys": _("The question mark key lists all keys; single keys can be switched off."),
    },
    "misuse": {
        "misuse-signals": _("Signals say what stands out and link to the other claims. They decide nothing."),
    },
    "tracker": {
        "tracker-product": _("The customer chooses product and marketplace."),
        "tracker-feedback": _("A rating and a few words. The gift never depends on them."),
        "tracker-submitted": _("The claim is sent. Share and the private tracker link follow."),
        "tracker-page": _("The tracker says where the claim stands and what happens next."),
    },
    "customers": {
        "customers-list": _("Search by name, e-mail address or phone number."),
    },
    "customer": {
        "customer-history": _("Everything that happened, as one timeline and by tabs."),
    },
    "funnels": {
        "funnels-list": _("All funnels with their figures. New funnel begins another one."),
        "funnels-build": _("What is typed on the left is seen on the right as customers will see it."),
        "funnels-figures": _("Step by step: how many came, went on, and sent their claim."),
        "funnels-insert": _("The short address and the QR code for the product insert, to download and to print."),
    },
    "products": {
        "products-listings": _("The listings say where the product is sold, and where Share leads."),
    },
    "promotions": {
        "promotions-mail": _("The gift, and the words of its e-mail with made-up names."),
    },
    "code-pools": {
        "code-pools-list": _("How many codes are left, and how long they last at the present rate."),
        "code-pools-upload": _("A file with a fault is refused, and each fault named by its line."),
        "code-pools-generate": _("Codes by pattern, with the signs that are left out."),
    },
    "orders": {
        "orders-list": _("The orders that claims are checked against."),
        "orders-order": _("One order: its items, and the claims that name it."),
    },
    "imports": {
        "imports-upload": _("Choose the report as the marketplace gives it."),
        "imports-preview": _("Before anything is changed you see what would be."),
        "imports-done": _("Applied. The claims are checked again by themselves."),
    },
    "deliveries": {
        "deliveries-list": _("Problems come first: bounced, failed, complained, uncertain."),
        "deliveries-message": _("The reason and the timeline of one mail."),
        "deliveries-correct": _("Correct the address and send again: claim and customer follow."),
    },
    "jobs": {
        "jobs-list": _("What runs, what waits, and what failed."),
    },
    "ledger": {
        "ledger-page": _("Figures, the last check, and every entry."),
    },
    "redeemed-rewards": {
        "rewards-list": _("Every redeemed reward: tick its box when the customer has used it."),
    },
    "settings": {
        "settings-general": _("Name, time zone, language and region, currency."),
    },
    "texts": {
        "texts-list": _("Every mail that customers get."),
        "texts-edit": _("Your own words on the left; on the right the mail as it will look."),
    },
    "members": {
        "members-invite": _("An address and a role: the invitation goes out by e-mail."),
    },
    "api-keys": {
        "api-keys-new": _("Name the key after its system and choose what it may do."),
    },
    "audit": {
        "audit-list": _("Who did what, when, and from where."),
    },
}
