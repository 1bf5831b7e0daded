"""What this room refuses."""


class NoLongerValid(Exception):  # noqa: N818 - raised by renderers: reads as what is the case
    """The message must not be sent any more (claim rejected, promotion withdrawn, address missing...).

    With ``quiet`` nothing is wrong, there is just nothing to say any more: nobody has to look at it.
    """

    def __init__(self, code: str, *, quiet: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.quiet = quiet


class StillWaiting(Exception):  # noqa: N818
    """The message has not been sent yet, so it cannot be sent again."""


class AddressSuppressed(Exception):  # noqa: N818
    """Mail to this address bounced or was complained about; it needs another address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AddressInvalid(Exception):  # noqa: N818
    """This is not an e-mail address."""
