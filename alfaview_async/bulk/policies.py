"""The choices of a run that are about safety, each with a safe default."""

from enum import StrEnum


class Mode(StrEnum):
    """What is done when the answer to a call is lost."""

    RECONCILED = "reconciled"
    """Wait until the call can have no effect any more, look for the marks of its links, and send again only what is
    proven absent. Where the server is not seen to show marks, this is `AT_MOST_ONCE`, except in a room that has not
    changed at all."""
    AT_MOST_ONCE = "at_most_once"
    """Never look, never send again: rows in doubt stay unknown."""
    TWO_PHASE = "two_phase"
    """Make all links without mail first, as `RECONCILED`; then mail each guest by a call of its own, at most once."""


class Duplicates(StrEnum):
    """What is done with rows that invite the same guest into the same room for the same time."""

    ERROR = "error"
    """Nothing is sent, and the rows are named."""
    COLLAPSE = "collapse"
    """Rows that are equal in all that is sent count as one; others are an error."""
    ALLOW = "allow"
    """Each row gets a link of its own."""


class Existing(StrEnum):
    """What is done with guests who have such an invitation already, before the run."""

    ERROR = "error"
    """Nothing is sent, and the guests are named."""
    SKIP = "skip"
    """They keep the one they have."""
    CREATE = "create"
    """They get another one."""
