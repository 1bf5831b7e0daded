"""E-mails as `.eml` files in a folder: what `make run` sends with.

The file is named after the Message-ID and written in one step, so that sending the same message again overwrites the
same file: exactly one, however often a worker died.
"""

import os
import re
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class EmailBackend(BaseEmailBackend):
    """Write each e-mail to a file of its own in settings.MAIL_DIR."""

    # What the outbox asks of a backend: the same id never makes two e-mails ...
    idempotent_for = timedelta(days=3650)
    # ... and nobody else will report what became of them.
    reports_itself = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(settings.MAIL_DIR)

    def open(self) -> bool:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the e-mails; return how many."""
        self.open()
        for email in email_messages:
            self._write(email)
        return len(email_messages)

    def _write(self, email: EmailMessage) -> None:
        content: Any = email.message()
        name = UNSAFE.sub("_", str(content["Message-ID"]).strip("<>").partition("@")[0])[:120]
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
            part.write(content.as_bytes(linesep="\r\n"))
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(self.folder / f"{name}.eml")
