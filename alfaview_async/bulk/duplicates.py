"""The same guest twice in one list: refused if the links would be the same, else pointed out."""

from collections.abc import Iterable
from datetime import datetime

from alfaview_async.bulk.recipients import Recipient, RowProblem


def without_duplicates(
    recipients: Iterable[Recipient], column: str, problems: list[RowProblem], warnings: list[RowProblem]
) -> list[Recipient]:
    """Return the recipients without those whose address, room and time frame an earlier one has too.

    Addresses are compared without regard to case: no provider gives `Ada@` and `ada@` to two people.

    Args:
        recipients: The good rows, in the order of the source.
        column: Header of the address column, for the messages.
        problems: Gets a problem for each recipient left out, naming the first line.
        warnings: Gets a warning for each other recipient whose address was there before.
    """
    line_of_link: dict[tuple[str, str, datetime | None, datetime | None], int] = {}
    line_of_address: dict[str, int] = {}
    kept: list[Recipient] = []
    for recipient in recipients:
        address = recipient.email.casefold()
        link = (address, recipient.room, recipient.valid_from, recipient.valid_until)
        if link in line_of_link:
            reason = f"same address, room and time as line {line_of_link[link]}"
            problems.append(_at(recipient, column, reason))
            continue
        if address in line_of_address:
            reason = (
                f"same address as line {line_of_address[address]}, for another room or time: two links, two e-mails"
            )
            warnings.append(_at(recipient, column, reason))
        line_of_address.setdefault(address, recipient.line)
        line_of_link[link] = recipient.line
        kept.append(recipient)
    return kept


def _at(recipient: Recipient, column: str, reason: str) -> RowProblem:
    return RowProblem(
        line=recipient.line, column=column, value=recipient.extra.get(column, recipient.email), reason=reason
    )
