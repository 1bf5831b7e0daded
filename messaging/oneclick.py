"""The button beside a mail by which its reader wants no more of the kind (RFC 8058)."""

ONE_CLICK = "One-Click"
FIELD = "List-Unsubscribe"


def one_click(url: str) -> tuple[tuple[str, str], ...]:
    """Return the headers of a mail that can be stopped by one press in the reader's mail program.

    The program posts `List-Unsubscribe=One-Click` to ``url``, without cookies and without asking; so the address has to
    be a secret that is good for nothing else. For mails that nobody needs: a gift or an answer has none.
    """
    return ((FIELD, f"<{url}>"), (f"{FIELD}-Post", f"{FIELD}={ONE_CLICK}"))
