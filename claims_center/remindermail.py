"""The reminder to a visitor who did not finish, written at the moment of sending, when everything is looked at again."""

from dataclasses import replace

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override

from claims_center.models import Journey
from claims_center.public.keys import RESUME, STOP, key_of, never_token
from claims_center.services.reminders import KIND, refused, takes_reminders, visitor_of
from messaging.errors import NoLongerValid
from messaging.kinds import Field, MailKind
from messaging.models import Message
from messaging.oneclick import one_click
from messaging.render import Rendered
from messaging.texts import written
from tenancy.models import Merchant

REMINDER = MailKind(
    label=_lazy("Reminder to finish"),
    sent_when=_lazy("A visitor asked for it, and did not send the claim."),
    subject=_lazy("Your gift from {merchant} is waiting"),
    heading=_lazy("Shall we go on where you stopped?"),
    body=_lazy(
        "Hello {first_name},\n\nyou began to claim “{promotion}”, and asked us to remind you. Everything that you typed "
        "is still there; it takes less than a minute to finish.\n\nThis is the only reminder that we send."
    ),
    button=_lazy("Go on"),
    fields=(
        Field("first_name", _lazy("First name"), _lazy("Robin")),
        Field("promotion", _lazy("Name of the promotion"), _lazy("$10 gift card")),
        Field("funnel", _lazy("Name of the funnel"), _lazy("Thank-you card")),
        Field("merchant", _lazy("Your business"), _lazy("Your business")),
    ),
)


def reminder(message: Message) -> Rendered:
    """Write the reminder, with a link that goes on and one that stops reminders; both hold for a week.

    Mail programs are told of an address that stops reminders by one press, however late. Raises NoLongerValid where the
    claim was sent meanwhile, the funnel takes none, what was typed is gone, the address is another one now, or its owner
    wants no reminders.
    """
    journey = Journey.objects.select_related("funnel__promotion").get(pk=message.context["journey"])
    _check(journey, message)
    merchant = Merchant.objects.get(pk=journey.merchant_id)
    values = {
        "first_name": str(journey.draft["typed"].get("first_name", "")).strip(),
        "promotion": journey.funnel.promotion.name,
        "funnel": journey.funnel.name,
        "merchant": merchant.name,
    }
    with override(merchant.language):
        stop = _("No more reminders")
    letter = written(
        KIND,
        values,
        merchant=merchant,
        button_url=_url("resume", journey, merchant, RESUME),
        links=[(stop, _url("stop", journey, merchant, STOP))],
    )
    never = reverse("funnel:never", args=[never_token(public_id=merchant.public_id, message_id=message.id)])
    return replace(letter, headers=one_click(f"{settings.BASE_URL}{never}"))


def _check(journey: Journey, message: Message) -> None:
    visitor = visitor_of(journey=journey)
    if journey.submitted_at is not None:
        raise NoLongerValid("claim_submitted", quiet=True)
    if not takes_reminders(funnel=journey.funnel, now=timezone.now()):
        raise NoLongerValid("funnel_closed", quiet=True)
    if visitor is None or visitor.email != message.to_address:
        raise NoLongerValid("draft_gone", quiet=True)
    if refused(addresses=[visitor.email]):
        raise NoLongerValid("reminders_refused", quiet=True)


def _url(name: str, journey: Journey, merchant: Merchant, purpose: str) -> str:
    key = key_of(journey.pk, purpose)
    return f"{settings.BASE_URL}{reverse(f'funnel:{name}', args=[merchant.slug, journey.funnel.slug, key])}"
