import time, cProfile, pstats
from tests.claims_center.factories import *
from tests.claims_center.reports import *
from claims_center.imports import orders
def test_tmp(scope, capsys, tmp_path):
    p=tmp_path/"x"
    p.write_bytes(amazon_report(*[ROW | {"amazon-order-id": f"111-{n:07d}-{n%10000000:07d}"} for n in range(5000)]))
    pr=cProfile.Profile(); pr.enable()
    r=orders.apply(p, merchant_id=scope.id, actor=STAFF, now=NOW)
    pr.disable()
    with capsys.disabled(): pstats.Stats(pr).sort_stats("cumtime").print_stats(38)
