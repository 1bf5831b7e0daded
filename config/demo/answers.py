"""What customers said on their trackers and nobody has read yet, and what stands out between claims."""

from datetime import timedelta

from claims_center.models import Claim, PromotionKind
from claims_center.services.answers import answer, open_question, report_missing_mail
from claims_center.services.marks import mark
from claims_center.states import Delivery, Status
from config.demo.base import Stage
from ledger.services import backdated

SAID = "It is the blue one. I ordered it for my sister, so the name on the order is hers."
SPOKE = timedelta(hours=5)


def let_customers_speak(stage: Stage) -> None:
    """Let one customer answer our question and one miss the gift's mail; mark what stands out, as a job would."""
    now = stage.now - SPOKE
    asked = Claim.objects.filter(status=Status.NEEDS_INFO, submitted_at__lt=now - timedelta(days=2))
    sent = Claim.objects.filter(status=Status.VERIFIED, delivery_status=Delivery.DELIVERED, gift_sent_at__lt=now)
    # One of a kind stays as it is: the demo shows every state.
    alone = {kind for kind in PromotionKind.values if asked.filter(promotion_kind=kind).count() < 2}  # noqa: PLR2004
    spoke = asked.exclude(promotion_kind__in=alone).order_by("-submitted_at", "-id").first()
    missed = sent.order_by("-submitted_at", "-id").first()
    with backdated(at=now):
        if spoke is not None:
            answer(claim_id=spoke.id, question=open_question(claim=spoke), text=SAID, now=now)
        if missed is not None:
            report_missing_mail(claim_id=missed.id, now=now)
    mark(claim_ids=list(Claim.objects.values_list("id", flat=True)))
