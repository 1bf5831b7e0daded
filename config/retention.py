"""Which records there are, how long each is kept, and what removes it: what the page `Settings > Retention` shows."""

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from claims_center.retention import KEEP_DRAFTS
from cockpit.client import retention as client
from cockpit.client.sessions import IDLE, LIFE
from jobs import selectors
from jobs.retention import KEEP_DEAD, KEEP_DONE, KEEP_TICKS
from loyalty.services.reminders import KEPT as REMINDERS_KEPT
from tenancy import retention
from tenancy.keeping import LastRun, Record, in_words

CLEAN_UP = "retention.clean"
# A period in words, in the language of whoever reads it.
for_days = lazy(in_words, str)

CHOSEN = (
    Record(
        _("Audit log"),
        _("Who changed what in settings, catalogue, members and keys, when, and from which address."),
        period="audit_days",
        cleaners=["audit"],
    ),
    Record(
        _("Answers given to tills"),
        _("Each answer by its Idempotency-Key, so that a till that was offline and sends again gets the same one."),
        period="answer_days",
        cleaners=["answers"],
    ),
    Record(
        _("Log of calls"),
        _("Which calls came with which API key and how they ended; no bodies, names or addresses."),
        period="call_days",
        cleaners=["calls"],
    ),
    Record(
        _("Webhook messages"),
        _("What other systems were told, with their answers. Those that still wait to be sent stay."),
        period="webhook_days",
        cleaners=["webhooks"],
    ),
    Record(
        _("Delivery reports"),
        _("What mail providers reported of each e-mail. The e-mail's own timeline stays."),
        period="report_days",
        cleaners=["inbound_events"],
    ),
    Record(
        _("Actions on many rows"),
        _("What became of each row of an action in bulk. The history of each claim, reward and response stays."),
        period="act_days",
        cleaners=["bulk_acts", "reward_bulk_acts", "response_bulk_acts", "assignments"],
    ),
    Record(
        _("Imported files"),
        _("Uploaded files and what became of each line; an import can be taken back as long."),
        period="import_days",
        cleaners=["uploads", "import_lines"],
    ),
    Record(
        _("Exported files"),
        _("Files that wait to be downloaded. The runs stay, and an export can be run again."),
        period="export_days",
        cleaners=["exports"],
    ),
)
FIXED = (
    Record(
        _("Half-filled claim forms"),
        _("What a visitor typed into a funnel and never sent. The visit stays counted, without the person."),
        kept=format_lazy(_("{period} after the visit or the reminder"), period=for_days(KEEP_DRAFTS.days)),
        cleaners=["funnel_drafts"],
    ),
    Record(
        _("Links to sign in"),
        _("Links that were e-mailed to customers."),
        kept=format_lazy(_("{period} after their end"), period=for_days(client.KEEP_LINKS.days)),
        cleaners=["sign_in_links"],
    ),
    Record(
        _("Customers who are signed in"),
        _("On which browser a customer is signed in, and since when."),
        kept=format_lazy(_("{period}, unused {idle}"), period=for_days(LIFE.days), idle=for_days(IDLE.days)),
        cleaners=["client_sessions"],
    ),
    Record(
        _("Staff who are signed in"),
        _("From which device and address a member is signed in."),
        kept=_("A day after the end of the session"),
        cleaners=["devices"],
    ),
    Record(
        _("Events at the gates"),
        _("Sign-ins and refusals, with the address that they came from."),
        kept=for_days(retention.SECURITY_KEPT.days),
        cleaners=["gates"],
    ),
    Record(
        _("Invitations"),
        _("The address that a member of staff was invited at, and what became of it."),
        kept=format_lazy(_("{period} after their end"), period=for_days(retention.INVITATIONS_KEPT.days)),
        cleaners=["invitations"],
    ),
    Record(
        _("Forms that were sent"),
        _("The answer to each press of a button, so that a double click does things once."),
        kept=for_days(retention.FORMS_KEPT.days),
        cleaners=["answers"],
    ),
    Record(
        _("Counters against misuse"),
        _("How often something was tried, by a fingerprint of the address; ended sessions of staff."),
        kept=for_days(retention.BUCKETS_KEPT.days),
        cleaners=["traces"],
    ),
    Record(
        _("Jobs"),
        _("Finished work: ids and numbers, no names."),
        kept=format_lazy(
            _("{period}, those that failed {dead}"), period=for_days(KEEP_DONE.days), dead=for_days(KEEP_DEAD.days)
        ),
        cleaners=["jobs"],
    ),
    Record(
        _("Ticks of the clock"),
        _("That scheduled work was started; nothing about people."),
        kept=for_days(KEEP_TICKS.days),
        cleaners=["ticks"],
    ),
    Record(
        _("Reminders of points"),
        _("Which points that end a customer was told of."),
        kept=format_lazy(_("{period} after the points' end"), period=for_days(REMINDERS_KEPT.days)),
        cleaners=["point_reminders"],
    ),
    Record(
        _("Points of erased customers"),
        _("What is left of them is forfeited. The ledger keeps the numbers, without the person."),
        kept=_("Until the customer is erased"),
        cleaners=["points_of_erased"],
    ),
    Record(
        _("Customers and what they were given"),
        _("Customers, orders, claims, rewards, responses, e-mails to them."),
        kept=_("Until the customer is erased; then without the person"),
    ),
    Record(
        _("Ledger"),
        _("Every point and benefit that was given, spent and given back; no names, no addresses."),
        kept=_("For good"),
    ),
)
RECORDS = CHOSEN + FIXED


def last_run() -> LastRun | None:
    """Return how the clean-up ended last for the merchant in scope; one query."""
    job = selectors.last_done(CLEAN_UP)
    return LastRun(job.finished_at, job.done_rows) if job and job.finished_at else None
