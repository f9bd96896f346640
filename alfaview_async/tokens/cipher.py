"""Records at rest, sealed with AES-GCM: without the key they can be neither read, nor changed, nor exchanged."""

from secrets import token_bytes

from alfaview_async.errors import ConfigurationError
from alfaview_async.secret import SecretBytes

_KEY_BYTES = 32
_NONCE_BYTES = 12


class AesGcm:
    """Seals bytes under a name; a `Cipher` for records.

    Sealed bytes are a random nonce of 96 bits, the ciphertext and a tag of 128 bits; the name is authenticated with
    them. A key may seal 2^32 records before nonces could repeat (NIST SP 800-38D, 8.3).

    Args:
        key: 32 random bytes, kept elsewhere than the records, e.g. `secrets.token_bytes(32)`.

    Raises:
        ConfigurationError: The key has another length, or `cryptography` is not installed.
    """

    __slots__ = ("_aes",)

    def __init__(self, key: bytes) -> None:
        key = SecretBytes(key)
        if len(key) != _KEY_BYTES:
            raise ConfigurationError(f"the encryption key must be {_KEY_BYTES} bytes, made by secrets.token_bytes(32)")
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an extra, and heavy
        except ImportError as error:
            raise ConfigurationError(
                "an encryption key needs the `cryptography` package: pip install 'alfaview-async[crypto]'"
            ) from error
        self._aes = AESGCM(key)

    def seal(self, data: bytes, name: str) -> bytes:
        """Return the sealed bytes, other ones each time."""
        nonce = token_bytes(_NONCE_BYTES)
        return nonce + self._aes.encrypt(nonce, data, name.encode())

    def open(self, data: bytes, name: str) -> bytes:
        """Return what was sealed.

        Raises:
            ValueError: Sealed with another key or under another name, changed since, or not sealed at all.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

        try:
            return self._aes.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):  # the latter for less than a nonce
            raise ValueError("cannot be opened") from None
