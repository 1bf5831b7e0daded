"""What the services of bulk acts refuse."""


class NotNow(Exception):  # noqa: N818 - the answer to a request
    """An act that cannot be begun or undone now; `sentence` is fit to show."""

    def __init__(self, sentence: object) -> None:
        self.sentence = str(sentence)
        super().__init__(self.sentence)
