"""What can go wrong with the record, in the words everybody above uses."""


class Conflict(Exception):  # noqa: N818 — an answer to a request (409), not an error of the program
    """Someone else wrote first."""


class StorageUnavailable(Exception):  # noqa: N818 — an answer (503 with Retry-After)
    """Locked, full, broken, stopping or overloaded: the same may succeed later."""


class UnreadableEvent(Exception):  # noqa: N818 — what is in the log, not what the program did
    """A stored fact that this version of the program cannot read."""


class UnknownEvent(UnreadableEvent):
    """No class of this name, or its stored shape is newer than the class."""


class Fenced(Exception):  # noqa: N818 — an order to stop, not an error of the program
    """Another follower has moved this projection's position."""
