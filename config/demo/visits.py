"""The demo's visits: how each found the page, and which product was chosen; and one funnel that reminds."""

from django.db import connection

from claims_center.models import Funnel
from config.demo.base import Stage
from tenancy.scope import current_merchant_id

# Of ten visitors six scan the insert and two follow a link; the same ones on every start.
SOURCES = """
UPDATE claims_center_journey AS j SET via = CASE WHEN n.place %% 10 < 6 THEN 'insert' WHEN n.place %% 10 < 8 THEN 'link'
    ELSE 'direct' END
FROM (SELECT id, row_number() OVER (ORDER BY visited_at, started_at, submitted_at) AS place
      FROM claims_center_journey WHERE merchant_id = %(merchant)s) AS n
WHERE j.merchant_id = %(merchant)s AND j.id = n.id
"""
# What was claimed was chosen; of the others, what their funnel shows first.
PRODUCTS = """
UPDATE claims_center_journey AS j SET product_id = coalesce(
    (SELECT c.product_id FROM claims_center_claim AS c WHERE c.merchant_id = %(merchant)s AND c.journey_id = j.id),
    (SELECT p.product_id FROM claims_center_funnelproduct AS p
     WHERE p.merchant_id = %(merchant)s AND p.funnel_id = j.funnel_id ORDER BY p.position, p.id LIMIT 1))
WHERE j.merchant_id = %(merchant)s AND j.started_at IS NOT NULL
"""
HOURS = 24


def colour_visits(stage: Stage) -> None:
    """Say of each visit where it came from and what it was about, and let the first funnel remind."""
    values = {"merchant": current_merchant_id()}
    with connection.cursor() as cursor:
        cursor.execute(SOURCES, values)
        cursor.execute(PRODUCTS, values)
    Funnel.objects.filter(pk=stage.funnels[stage.story.funnels[0].slug].pk).update(remind_after_hours=HOURS)
