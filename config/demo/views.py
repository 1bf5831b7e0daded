"""Views of the claims list that the demo's team shares."""

from claims_center.models import PromotionKind
from claims_center.states import Delivery, Status, Verification
from config.demo.base import Stage
from tenancy.lists.services import save_view
from tenancy.roles import Role

PARCELS = ("submitted", "customer", "product", "promotion", "status", "delivery", "assignee", "edit")
VIEWS = (
    ("Parcels to ship", f"promotion_type={PromotionKind.PHYSICAL}&status={Status.VERIFIED}&sort=submitted", PARCELS),
    ("Look into", f"verification={Verification.NO_SUCH_ORDER}&status={Status.NEW}&sort=submitted", ()),
    ("Mail came back", f"delivery={Delivery.BOUNCED}&delivery={Delivery.COMPLAINED}", ()),
)


def keep_views(stage: Stage) -> None:
    """Save what the team looks at every morning."""
    for name, query, columns in VIEWS:
        save_view(
            list_name="claims:list",
            name=name,
            query=query,
            display={"columns": list(columns)} if columns else {},
            shared=True,
            user_id=stage.staff["owner"].pk,
            role=Role.OWNER,
            now=stage.now,
        )
