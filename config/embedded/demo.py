"""`demo.json`: where everything of this start is, and how to sign in."""

import json
from typing import Any

from config.embedded.plan import Plan
from config.embedded.secrets_file import write_private

NAMES = ("web", "worker", "beat", "postgres", "valkey")


def merchants(plan: Plan) -> dict[str, Any]:
    """What the demo data says about its merchants: keys, sign-ins, customers."""
    path = plan.data / "demo-merchants.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def write(plan: Plan, pids: dict[str, int]) -> None:
    """Write demo.json anew, as after every start of a child."""
    content = {
        "base_url": plan.base_url,
        "database_url": plan.database_url,
        "redis_url": plan.redis_url,
        "mail_dir": str(plan.data / "mail"),
        "pids": {name: pids.get(name) for name in NAMES},
        "merchants": merchants(plan),
    }
    write_private(plan.data / "demo.json", json.dumps(content, indent=2) + "\n")


def greeting(plan: Plan, seconds: float) -> str:
    """What the person who typed `make run` wants to know."""
    lines = ["", f"Claims Center is up after {seconds:.1f} s: {plan.base_url}/", ""]
    for slug, merchant in merchants(plan).items():
        lines += [
            f"  {slug:<12} {user['role']:<7} {user['email']:<28} {user['password']}"
            for user in merchant.get("users", [])
        ]
    lines += ["", f"  Outgoing mail: {plan.data / 'mail'}", f"  Everything else: {plan.data / 'demo.json'}"]
    return "\n".join([*lines, "  Ctrl-C stops it; the data stays.", ""])
