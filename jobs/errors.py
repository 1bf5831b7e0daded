"""What a handler may raise to steer its job, and what the services refuse."""


class RetryLater(Exception):  # noqa: N818 - reads as what happens next
    """Run the job again after ``seconds``; ``code`` is shown as the last error.

    With ``counts=False`` the attempt is not counted: a pause, not a failure.
    """

    def __init__(self, seconds: float, code: str, *, counts: bool = True) -> None:
        super().__init__(code)
        self.seconds = seconds
        self.code = code
        self.counts = counts


class GiveUp(Exception):  # noqa: N818 - reads as what happens next
    """The job can never succeed: it is dead at once and waits for a person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LeaseLost(RuntimeError):  # noqa: N818 - reads as what happened
    """Somebody else has the job by now; whatever this run has not committed is discarded."""

    def __init__(self) -> None:
        super().__init__("The job's lease was lost.")


class NotPossible(Exception):  # noqa: N818 - the answer to a request
    """A job in this state cannot be retried or cancelled."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state
