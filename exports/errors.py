"""What this room refuses; the text of each is fit to show."""


class UploadRefused(Exception):  # noqa: N818 - reads as what happened
    """A file that is not even kept."""


class NotPossible(Exception):  # noqa: N818 - the answer to a request
    """An act that the run's state does not allow."""
