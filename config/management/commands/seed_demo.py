"""Load the demo merchants."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from config.demo.seed import seed


class Command(BaseCommand):
    """Make the demo merchants that are not there yet, and write down their keys and sign-ins."""

    help = "Make the demo merchants that are missing; their sign-ins go into DATA_DIR/demo-merchants.json."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        made = seed(now=timezone.now())
        path = settings.DATA_DIR / "demo-merchants.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(known | made, indent=2) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(made)} merchants made, {len(known)} were there")
