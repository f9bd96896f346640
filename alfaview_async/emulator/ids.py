"""Everything that alfaview draws at random, from one seed: two runs with equal calls give equal ids."""

from base64 import b64encode
from random import Random
from string import ascii_letters, digits
from uuid import UUID

_ACCESS_KEY_LENGTH = 32
_ACCESS_TOKEN_BYTES = 219
"""The handbook's sample token has 292 characters of base64."""
_DIAL_IN_DIGITS = 9
_COMPANY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_COMPANY_ID_REST = 24
"""The handbook's company ids look like ULIDs: 26 characters that begin with 01."""


class Ids:
    """A source of ids, keys and tokens; none of them protects anything."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Random(seed)

    def restart(self, mark: str = "") -> None:
        """Begin the sequence anew.

        Args:
            mark: Of the data to begin with; equal marks give equal sequences. Data that was exported holds ids of the
                sequence without mark, which must not come again.
        """
        self._random.seed(f"{self._seed} {mark}" if mark else self._seed)

    def uuid(self) -> str:
        """Draw an id, or a refresh token: both are UUIDs."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def company_id(self) -> str:
        """Draw the id of a company."""
        return "01" + "".join(self._random.choices(_COMPANY_ALPHABET, k=_COMPANY_ID_REST))

    def shuffle(self, items: list[str]) -> None:
        """Bring items into an order of no sense, another one each time."""
        self._random.shuffle(items)

    def access_key(self) -> str:
        """Draw the secret part of a join link."""
        return "".join(self._random.choices(ascii_letters + digits, k=_ACCESS_KEY_LENGTH))

    def access_token(self) -> str:
        """Draw a token that has `+` and `/`, on which URLs break."""
        while True:
            token = b64encode(self._random.randbytes(_ACCESS_TOKEN_BYTES)).decode()
            if "+" in token and "/" in token:
                return token

    def dial_in_code(self) -> str:
        """Draw the number that a guest on the telephone types."""
        return "".join(self._random.choices(digits, k=_DIAL_IN_DIGITS))
