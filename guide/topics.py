"""The help pages: what each is called, what it is about, and the screen that it explains.

The text of a topic is the template `guide/topics/<slug>.html`.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenancy.roles import Role


@dataclass(frozen=True, slots=True)
class Topic:
    """One help page. `screen` is the name of the address of what it explains, `role` the least role that may open it."""

    slug: str
    title: Any
    lede: Any
    icon: str
    screen: str = ""
    role: Role = Role.VIEWER

    @property
    def template(self) -> str:
        """The template with the topic's text."""
        return f"guide/topics/{self.slug}.html"


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """Topics under one heading of the index."""

    label: Any
    topics: tuple[Topic, ...]


GROUPS: tuple[TopicGroup, ...] = (
    TopicGroup(
        _("Claims"),
        (
            Topic(
                "claims",
                _("Claims Center"),
                _("The list of claims: find them, sort them, see what waits."),
                "gift",
                "claims:list",
            ),
            Topic(
                "overview",
                _("Campaign Performance Overview"),
                _("What each figure counts, and the list behind it."),
                "chart-line",
                "claims:overview",
            ),
            Topic("claim", _("A claim"), _("Check it, send or ship the gift, mark it as processed."), "file-text"),
            Topic(
                "bulk",
                _("Many claims at once"),
                _("Preview, progress, the result of each row, and Undo."),
                "list-checks",
            ),
            Topic("lists", _("Working with lists"), _("Filters, saved views, columns, and the keyboard."), "rows-3"),
            Topic(
                "misuse",
                _("Repeat customers and misuse"),
                _("What the signals mean, and what to do about them."),
                "scan-search",
            ),
            Topic(
                "tracker",
                _("What the customer sees"),
                _("The public page, the tracker, and the e-mails."),
                "smartphone",
            ),
        ),
    ),
    TopicGroup(
        _("Customers"),
        (
            Topic("customers", _("Customers"), _("Everybody who has claimed, in one list."), "users", "customers:list"),
            Topic("customer", _("A customer"), _("Contact details, history, points and offers of one person."), "user"),
        ),
    ),
    TopicGroup(
        _("Catalogue"),
        (
            Topic(
                "funnels",
                _("Smart Funnels"),
                _("Build the page that customers reach from the product insert."),
                "funnel",
                "catalogue:funnels",
            ),
            Topic(
                "products", _("Products"), _("What you sell, and where it is listed."), "package", "catalogue:products"
            ),
            Topic(
                "promotions",
                _("Promotions"),
                _("The gifts: a code, a file, or an item that is shipped."),
                "badge-percent",
                "catalogue:promotions",
            ),
            Topic(
                "code-pools",
                _("Code pools"),
                _("Fill pools with codes, and hear before they run dry."),
                "ticket",
                "codes:list",
            ),
        ),
    ),
    TopicGroup(
        _("Data"),
        (
            Topic(
                "orders",
                _("Order history"),
                _("The marketplace orders that claims are checked against."),
                "shopping-bag",
                "claims:orders",
            ),
            Topic(
                "exports",
                _("Exports"),
                _("Any list as a file, by hand or by the clock."),
                "download",
                "exports:exports",
                Role.ADMIN,
            ),
            Topic(
                "imports",
                _("Imports"),
                _("Bring in order reports, with a preview first."),
                "upload",
                "exports:imports",
                Role.ADMIN,
            ),
            Topic(
                "deliveries",
                _("Deliveries"),
                _("Every e-mail, and what to do about those that did not arrive."),
                "mail",
                "messaging:list",
            ),
            Topic(
                "jobs",
                _("Jobs"),
                _("Work in the background: what runs, what failed, what to retry."),
                "list-checks",
                "jobs:list",
            ),
            Topic(
                "ledger",
                _("Ledger"),
                _("The history that nobody can change, and its daily check."),
                "book-open",
                "cockpit:ledger",
            ),
        ),
    ),
    TopicGroup(
        _("Rewards and offers"),
        (
            Topic(
                "redeemed-rewards",
                _("Redeemed rewards"),
                _("Reward types, used rewards, and gift fulfilment."),
                "award",
                "loyalty:redeemed",
            ),
            Topic(
                "points",
                _("Points"),
                _("How points are earned, spent and expire; adjustments, purchases and returns, the report."),
                "coins",
                "loyalty:points",
            ),
            Topic(
                "reward-types",
                _("Reward types"),
                _("What a reward can be, making one, and redeeming it for a customer."),
                "medal",
                "loyalty:rewards",
            ),
            Topic(
                "used-rewards",
                _("Used rewards"),
                _("Mark what was used, take that back, cancel a reward."),
                "square-check",
            ),
            Topic(
                "gift-fulfilment",
                _("Gift fulfilment"),
                _("From the mail to the parcel: what is to be shipped, and what has arrived."),
                "truck",
            ),
            Topic(
                "offers",
                _("Offers and Offer Responses"),
                _("What members are offered, and what became of it."),
                "megaphone",
                "offers:offers",
            ),
        ),
    ),
    TopicGroup(
        _("Settings and sign-in"),
        (
            Topic(
                "settings",
                _("Settings"),
                _("Name, time zone, language, currency, and your colour."),
                "settings",
                "tenancy:settings",
                Role.OWNER,
            ),
            Topic(
                "texts",
                _("Texts of the e-mails"),
                _("Write the mails to customers in your own words."),
                "pen-line",
                "messaging:texts",
            ),
            Topic(
                "members",
                _("Members and roles"),
                _("Invite colleagues, and say what each may do."),
                "user-plus",
                "tenancy:members",
                Role.OWNER,
            ),
            Topic(
                "api-keys",
                _("API keys"),
                _("Let shop systems in, and lock them out again."),
                "key-round",
                "tenancy:keys",
                Role.OWNER,
            ),
            Topic(
                "webhooks",
                _("Webhooks"),
                _("Tell other systems of responses and rewards the moment something happens."),
                "webhook",
                "messaging:endpoints",
                Role.OWNER,
            ),
            Topic(
                "destinations",
                _("Destinations"),
                _("Where exports are brought: a file server, a storage, people's mailboxes."),
                "server",
                "exports:destinations",
                Role.OWNER,
            ),
            Topic(
                "retention",
                _("Retention"),
                _("How long each kind of record is kept, and what you may choose."),
                "calendar-clock",
                "tenancy:retention",
                Role.OWNER,
            ),
            Topic(
                "audit",
                _("Audit log"),
                _("Who did what, when, and from where."),
                "scroll-text",
                "tenancy:audit",
                Role.OWNER,
            ),
            Topic("account", _("Your account"), _("Sign-in, second factor, devices, light and dark."), "shield-check"),
        ),
    ),
)
TOPICS: dict[str, Topic] = {topic.slug: topic for group in GROUPS for topic in group.topics}
