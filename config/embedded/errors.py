"""What keeps `make run` from starting, in words for the person who typed it."""


class CannotStart(Exception):  # noqa: N818 - read as a sentence: "raise CannotStart"
    """Something that only the person in front of the machine can change; the message says what."""
