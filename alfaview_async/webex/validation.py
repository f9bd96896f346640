"""What Webex would refuse, found before anything is sent, all of it at once."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from alfaview_async.errors import ConfigurationError, RecipientsRejected
from alfaview_async.webex.models import NewInvitee

MAX_INVITEES = 100
"""Webex takes no more in one call, and lists no more on one page."""
_NAME_CHARACTERS = 128
_NAME_BYTES = 384
"""The reference counts characters, an older edition of it bytes; both are kept."""
_SHOWN = 10


@frozen(kw_only=True)
class InviteeProblem:
    """Why an invitee cannot be sent.

    Attributes:
        index: Place in the list, from 0.
        field: `email` or `display_name`; empty if the whole item is one too many.
        reason: What is wrong.
    """

    index: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"invitees[{self.index}]{'.' if self.field else ''}{self.field}: {self.reason}"


def email_key(email: str) -> str:
    """Return what two spellings of one address have in common: trimmed, without regard to case."""
    return email.strip().casefold()


def check_invitees(invitees: Sequence[NewInvitee]) -> None:
    """Look for everything that Webex would refuse.

    Raises:
        RecipientsRejected: Something was found; its `problems` are `InviteeProblem`s.
    """
    problems = [*_problems(invitees)]
    if not problems:
        return
    more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    shown = "; ".join(map(str, problems[:_SHOWN]))
    rejected = RecipientsRejected(f"nothing was sent, since Webex would refuse it: {shown}{more}")
    rejected.problems = problems
    raise rejected


def required(what: str, text: str) -> str:
    """Return an argument that must not be blank, without blanks around it.

    Raises:
        ConfigurationError: It is blank, or no text.
    """
    if not (stripped := text.strip()) or _holds_half_a_character(stripped):
        raise ConfigurationError(f"{what} must not be {stripped!a}; it is the text that Webex gave")
    return stripped


def _problems(invitees: Sequence[NewInvitee]) -> Iterator[InviteeProblem]:
    first_at: dict[str, int] = {}
    for index, invitee in enumerate(invitees):
        if index == MAX_INVITEES:
            excess = f"Webex takes {MAX_INVITEES} invitees in one call, not {len(invitees)}; send the rest in another"
            yield InviteeProblem(index=index, field="", reason=excess)
        if reason := _email_problem(invitee.email):
            yield InviteeProblem(index=index, field="email", reason=reason)
        elif (first := first_at.setdefault(email_key(invitee.email), index)) != index:
            yield InviteeProblem(index=index, field="email", reason=f"the same address as invitees[{first}]")
        if reason := _name_problem(invitee.display_name):
            yield InviteeProblem(index=index, field="display_name", reason=reason)


def _email_problem(email: str) -> str:
    """Find what is no address by any rule; which mailboxes exist is Webex's business."""
    name, _, domain = email.strip().rpartition("@")
    if not name or not domain:
        return "no e-mail address"
    if any(character.isspace() for character in name + domain):
        return "blanks in it"
    return "control characters in it" if not (name + domain).isprintable() else ""


def _name_problem(name: str) -> str:
    if _holds_half_a_character(name):
        return "half a character in it, as badly decoded files have them"
    if len(name) > _NAME_CHARACTERS:
        return f"{len(name)} characters, more than {_NAME_CHARACTERS}"
    if (size := len(name.encode())) > _NAME_BYTES:
        return f"{size} bytes in UTF-8, more than {_NAME_BYTES}"
    return ""


def _holds_half_a_character(text: str) -> bool:
    """Find what cannot be sent: JSON and addresses are UTF-8, which has no halves."""
    return any("\ud800" <= character <= "\udfff" for character in text)
