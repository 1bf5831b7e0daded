"""The job that tests the connection to a provider."""

import uuid
from datetime import timedelta

from django.utils import timezone

from jobs.kinds import job_handler
from jobs.run import JobRun
from loyalty.cashback.provider import provider_for
from loyalty.models import CashbackAccount
from loyalty.services.accounts import note_test, verdict_on
from tenancy.outbound import NoAnswer, OutboundError


@job_handler(lease=timedelta(seconds=90), retry_by_hand=False)
def test_account(run: JobRun) -> None:
    """Ask the provider about an order that never was, and keep what it answers. Moves no money."""
    with run.scope():
        account = CashbackAccount.objects.filter(id=uuid.UUID(run.payload["account"])).first()
    if account is None:
        return
    code, words = asked(account)
    with run.scope():
        note_test(account=account, code=code, words=words, now=timezone.now())
        run.finish(code=code)


def asked(account: CashbackAccount) -> tuple[str, str]:
    """Return code and words of one question, outside every transaction; no code where all is well."""
    try:
        answer = provider_for(account.provider, account).query(f"TEST{uuid.uuid4().hex}")
    except NoAnswer as error:
        return "NO_ANSWER", error.sentence
    except (OutboundError, ValueError) as error:
        # A key of another length is no key for the signature.
        words = error.sentence if isinstance(error, OutboundError) else "The key has the wrong length."
        return "NOT_REACHED" if isinstance(error, OutboundError) else "KEY", words
    return verdict_on(answer=answer)
