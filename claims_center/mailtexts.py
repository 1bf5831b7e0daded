"""The mails about a claim: when each is sent, what it may say, and our own words for it."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import LINK, LINKED, Field, MailKind

SAMPLE_CODE = "SAMPLE-7K2M-CODE"
SEE = _("See your claim")

CLAIM = (
    Field("first_name", _("The customer's first name"), "Robin"),
    Field("last_name", _("The customer's surname"), "Miller"),
    Field("name", _("The customer's whole name"), "Robin Miller"),
    Field("product", _("The product that was bought"), _("Pour-over kettle")),
    Field("promotion", _("The name of the promotion"), _("$10 gift card")),
    Field("order_number", _("The order number as it was typed"), "111-2301945-8821034"),
    Field("merchant", _("Your name"), _("Your shop")),
    Field("tracker_link", _("The link to the customer's private page"), "https://claims.example/track/sample/", LINK),
)
REASON = Field(
    "reason",
    _("What the customer is told"),
    _("The order number is not one of our shop. Please send it again."),
    LINKED,
)
PARCEL = (
    Field("item", _("What is shipped"), _("Ceramic mug")),
    Field("carrier", _("The carrier, where it is known"), "UPS"),
    Field("tracking_number", _("The parcel's number, where it is known"), "1Z999AA10123456784"),
    Field(
        "tracking_link",
        _("Where the parcel can be followed, where we know the carrier"),
        "https://www.ups.com/track?tracknum=1Z999AA10123456784",
        LINK,
    ),
    Field(
        "parcel",
        _("Carrier, number and link in a sentence, as far as they are known"),
        _(
            "It travels with UPS, parcel number 1Z999AA10123456784: https://www.ups.com/track?tracknum=1Z999AA10123456784"
        ),
        LINKED,
    ),
)

GIFT = MailKind(
    label=_("Gift"),
    sent_when=_("When somebody presses “Send Gift by Email”, or the funnel sends it by itself."),
    subject=_("Your gift from {merchant}: {promotion}"),
    heading="",
    body=_("Hello {first_name},\n\n{message}"),
    button=SEE,
    fields=(
        *CLAIM,
        Field(
            "message",
            _("The promotion's own message"),
            _("thank you for telling us about your kettle. Here is your gift: a $10 gift card."),
            LINKED,
        ),
        Field("code", _("The code; it stands in a box below your words in any case"), SAMPLE_CODE),
    ),
    sample_code=SAMPLE_CODE,
    switchable=False,
)
RECEIVED = MailKind(
    label=_("Claim received"),
    sent_when=_("When a customer has sent a claim. Brings the link to the private page."),
    subject=_("We received your claim: {promotion}"),
    heading=_("We received your claim"),
    body=_(
        "Hello {first_name},\n\nthank you for telling us about {product}. We compare your claim with the marketplace's "
        "order report now; you need not do anything.\n\nOn your private page you see at any time how far it is. Keep "
        "this e-mail, so that you find the page again."
    ),
    button=SEE,
    fields=CLAIM,
)
NEEDS_INFO = MailKind(
    label=_("Question about a claim"),
    sent_when=_("When somebody asks the customer for information."),
    subject=_("We need something more for your gift"),
    heading=_("We need something from you"),
    body=_(
        "Hello {first_name},\n\nbefore we can send you “{promotion}” we need something more from you:\n\n{reason}\n\n"
        "You can answer on your private page; then we go on."
    ),
    button=_("Answer"),
    fields=(*CLAIM, REASON),
    needed=("reason",),
)
REJECTED = MailKind(
    label=_("Claim rejected"),
    sent_when=_("When somebody rejects the claim."),
    subject=_("About your claim"),
    heading=_("Your claim was not accepted"),
    body=_(
        "Hello {first_name},\n\nwe cannot give you “{promotion}” for this claim:\n\n{reason}\n\nIf you think that this "
        "is a mistake, write to us and name your order number."
    ),
    button=SEE,
    fields=(*CLAIM, REASON),
    needed=("reason",),
)
REOPENED = MailKind(
    label=_("Claim reopened"),
    sent_when=_("When somebody reopens a claim that was rejected or waited for the customer."),
    subject=_("We look at your claim again"),
    heading=_("We look at your claim again"),
    body=_("Hello {first_name},\n\nwe have taken up your claim for “{promotion}” again. You need not do anything."),
    button=SEE,
    fields=CLAIM,
)
SHIPPED = MailKind(
    label=_("Gift shipped"),
    sent_when=_("When a claim whose gift is shipped is marked as processed."),
    subject=_("Your gift is on its way: {promotion}"),
    heading=_("Your gift is on its way"),
    body=_("Hello {first_name},\n\nyour gift, {item}, is on its way to the address that you gave.\n\n{parcel}"),
    button=SEE,
    fields=(*CLAIM, *PARCEL),
)
PROCESSED = MailKind(
    label=_("Claim done"),
    sent_when=_("When a claim whose gift came by e-mail is marked as processed."),
    subject=_("Your claim is done"),
    heading=_("Your claim is done"),
    body=_(
        "Hello {first_name},\n\nyour gift “{promotion}” was sent to you by e-mail, and your claim is done. Enjoy it."
    ),
    button=SEE,
    fields=CLAIM,
    on=False,
)
DELIVERED = MailKind(
    label=_("Gift delivered"),
    sent_when=_("When a shipped gift is marked as delivered."),
    subject=_("Your gift has arrived"),
    heading=_("Your gift has arrived"),
    body=_(
        "Hello {first_name},\n\nthe carrier tells us that your gift, {item}, has arrived. If you do not have it, write "
        "to us."
    ),
    button=SEE,
    fields=(*CLAIM, *PARCEL),
    on=False,
)
