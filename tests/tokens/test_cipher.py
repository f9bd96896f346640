"""Records at rest: AES-GCM as everybody else does it."""

import sys

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.errors import ConfigurationError
from alfaview_async.tokens import FileTokenStore
from alfaview_async.tokens.cipher import AesGcm

KEY = bytes(range(32))


def test_a_published_example_is_opened():
    """Test case 14 of the GCM specification (McGrew, Viega): key, nonce and block of zeros."""
    sealed = bytes(12) + bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    assert AesGcm(bytes(32)).open(sealed, "") == bytes(16)


def test_others_can_open_what_was_sealed():
    """12 bytes nonce, then ciphertext and tag; the name is the associated data."""
    sealed = AesGcm(KEY).seal(b"data", "näme")
    assert AESGCM(KEY).decrypt(sealed[:12], sealed[12:], "näme".encode()) == b"data"
    assert len(sealed) == 12 + len(b"data") + 16


@given(st.binary(), st.text())
def test_what_is_sealed_is_opened(data, name):
    """Any bytes, any name."""
    cipher = AesGcm(KEY)
    assert cipher.open(cipher.seal(data, name), name) == data


def test_no_nonce_is_used_twice():
    """Sealing the same again gives other bytes: 96 random bits each time."""
    nonces = {AesGcm(KEY).seal(b"data", "name")[:12] for _ in range(1000)}
    assert len(nonces) == 1000


@given(st.binary(), st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(data, at, change):
    """In the nonce, the ciphertext or the tag."""
    sealed = bytearray(AesGcm(KEY).seal(data, "name"))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(ValueError, match="cannot be opened"):
        AesGcm(KEY).open(bytes(sealed), "name")


@given(st.binary(max_size=100))
def test_what_was_not_sealed_is_a_value_error(data):
    """F14: of any length, also shorter than nonce and tag."""
    with pytest.raises(ValueError, match="cannot be opened"):
        AesGcm(KEY).open(data, "name")


@pytest.mark.parametrize("name", ["", "other", "name\0"])
def test_sealed_bytes_are_bound_to_their_name(name):
    """S14, F25: records cannot change places."""
    with pytest.raises(ValueError, match="cannot be opened"):
        AesGcm(KEY).open(AesGcm(KEY).seal(b"data", "name"), name)


@pytest.mark.parametrize("key", [b"", KEY[:31], KEY[:16], KEY + b"!"], ids=len)
def test_keys_of_other_lengths_are_refused(key, tmp_path):
    """AES-256 only; the message does not repeat the key, and no directory is made."""
    with pytest.raises(ConfigurationError, match="must be 32 bytes") as caught:
        FileTokenStore(tmp_path / "tokens", encryption_key=key)
    assert not key or repr(key)[2:-1] not in str(caught.value)
    assert not (tmp_path / "tokens").exists()


def test_without_the_extra_the_remedy_is_named(monkeypatch):
    """The package is wanted only by those who seal."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'alfaview-async\[crypto\]'"):
        AesGcm(KEY)


def test_the_key_does_not_show():
    """S13: nor can it be read from the object."""
    cipher = AesGcm(KEY)
    assert repr(KEY)[2:-1] not in f"{cipher!r} {cipher._aes!r}"
