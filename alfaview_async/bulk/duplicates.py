"""The same guest twice in one list: refused if the links would be the same, else pointed out."""

from alfaview_async.bulk.recipients import Recipient, RowProblem

_Link = tuple[object, ...]


class Duplicates:
    """Compares each recipient of a list with those before it.

    Addresses are compared without regard to case: no provider gives `Ada@` and `ada@` to two people.

    Args:
        address_column: Header of the addresses, for the messages.
        key_column: Header of the keys, for the messages.
    """

    def __init__(self, address_column: str, key_column: str = "") -> None:
        self._address_column = address_column
        self._key_column = key_column
        self._by_address: dict[str, Recipient | dict[_Link, int]] = {}
        self._line_of_key: dict[str, int] = {}

    def refusal(self, recipient: Recipient) -> RowProblem | None:
        """Return why there must be no link for this recipient beside the earlier ones; `None` if there may."""
        line = self._lines_by_link(recipient).get(_link(recipient))
        if line is not None:
            return self._at_address(recipient, f"same address, room and time as line {line}")
        if recipient.key and recipient.key in self._line_of_key:
            return RowProblem(
                line=recipient.line,
                column=self._key_column,
                value=recipient.key,
                reason=f"same key as line {self._line_of_key[recipient.key]}; each row needs its own "
                "(if this column identifies no guests, give columns={'key': ''})",
            )
        return None

    def remark(self, recipient: Recipient) -> RowProblem | None:
        """Return what is odd about this recipient beside the earlier ones; `None` if nothing is."""
        lines = self._lines_by_link(recipient)
        if not lines:
            return None
        reason = f"same address as line {next(iter(lines.values()))}, for another room or time: two links, two e-mails"
        return self._at_address(recipient, reason)

    def add(self, recipient: Recipient) -> None:
        """Compare the next ones with this recipient too."""
        folded = recipient.email.casefold()
        address = recipient.email if folded == recipient.email else folded  # one text instead of two equal ones
        if address in self._by_address:
            lines = self._lines_by_link(recipient)
            lines[_link(recipient)] = recipient.line
            self._by_address[address] = lines
        else:
            self._by_address[address] = recipient
        if recipient.key:
            self._line_of_key[recipient.key] = recipient.line

    def _lines_by_link(self, recipient: Recipient) -> dict[_Link, int]:
        earlier = self._by_address.get(recipient.email.casefold())
        if isinstance(earlier, Recipient):  # nearly always the only one, so it stands for itself
            return {_link(earlier): earlier.line}
        return earlier or {}

    def _at_address(self, recipient: Recipient, reason: str) -> RowProblem:
        value = recipient.extra.get(self._address_column, recipient.email)
        return RowProblem(line=recipient.line, column=self._address_column, value=value, reason=reason)


def _link(recipient: Recipient) -> _Link:
    return recipient.room, recipient.valid_from, recipient.valid_until
