"""Records as bytes: what is written can be read, and nothing else is taken for a record."""

import json
import string

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from alfaview_async.errors import StorageCorrupt, StoreTooNew, TokenStoreError
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN
from alfaview_async.tokens.cipher import AesGcm
from alfaview_async.tokens.record import LARGEST_RECORD, NotOpened, TokenRecord, record_name
from alfaview_async.tokens.store import StoredToken, TokenKey

CIPHER = AesGcm(bytes(range(32)))
OTHER_CIPHER = AesGcm(bytes(32))
RECORD = TokenRecord(key=KEY).next(TOKEN)
SECRETS = (TOKEN.refresh_token.reveal(), TOKEN.access_token.reveal())

times = st.floats(allow_nan=False, allow_infinity=False)
keys = st.builds(TokenKey, origin=st.text(), principal=st.text(), company_id=st.text())
tokens = st.builds(
    StoredToken,
    company_id=st.text(),
    refresh_token=st.text().map(Secret),
    access_token=st.text().map(Secret),
    access_expires_at=times,
    refresh_expires_at=times,
    renewing_since=times,
    suspect=st.booleans(),
)
ciphers = st.sampled_from([None, CIPHER])


@given(keys, tokens | st.none(), ciphers, st.integers(min_value=1, max_value=50))
def test_what_is_written_is_read(key, token, cipher, changes):
    """Any text in keys and tokens, any time, deletions too, sealed or not, found by key or by name."""
    record = TokenRecord(key=key)
    for _ in range(changes):
        record = record.next(token)
    data = record.to_bytes(cipher)
    assert TokenRecord.from_bytes(data, key, cipher) == record
    assert TokenRecord.from_bytes(data, record_name(key), cipher) == record


@given(st.binary(max_size=300), ciphers)
def test_any_bytes_are_a_record_or_an_error_of_ours(data, cipher):
    """F14: nothing that a disk may hold raises anything else, and no bytes by chance are a record."""
    with pytest.raises((StorageCorrupt, StoreTooNew)):
        TokenRecord.from_bytes(data, KEY, cipher)


@given(st.data(), ciphers)
def test_a_changed_record_is_the_same_or_an_error_of_ours(data, cipher):
    """F14: one byte changed, removed or added anywhere; a sealed record shows every change."""
    whole = RECORD.to_bytes(cipher)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(max_size=2)) + whole[at + data.draw(st.integers(0, 2)) :]
    assume(changed != whole)
    try:
        read = TokenRecord.from_bytes(changed, KEY, cipher)
    except (StorageCorrupt, StoreTooNew):
        return
    assert cipher is None
    assert read.key == KEY


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | times | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = json.loads(bytes(RECORD.to_bytes()))


@given(st.sampled_from(sorted(MEMBERS)), json_values)
def test_a_member_of_another_type_is_corrupt(member, value):
    """F14: no member may be anything else than what is written there."""
    assume(type(value) is not type(MEMBERS[member]) and (member, value) != ("token", None))
    with pytest.raises(StorageCorrupt):
        TokenRecord.from_bytes(json.dumps(MEMBERS | {member: value}).encode(), KEY)


@given(st.sampled_from(sorted(MEMBERS["token"])), json_values)
def test_a_token_member_of_another_type_is_corrupt(member, value):
    """F14: as above, one level down."""
    assume(type(value) is not type(MEMBERS["token"][member]))
    assume(not (type(MEMBERS["token"][member]) is float and type(value) is int))
    damaged = MEMBERS | {"token": MEMBERS["token"] | {member: value}}
    with pytest.raises(StorageCorrupt):
        TokenRecord.from_bytes(json.dumps(damaged).encode(), KEY)


@pytest.mark.parametrize("member", [*sorted(MEMBERS), *(f"token.{name}" for name in sorted(MEMBERS["token"]))])
def test_a_missing_member_is_corrupt(member):
    """F14: what a record of this version has, all of them have."""
    damaged = json.loads(json.dumps(MEMBERS))
    outer, _, inner = member.partition(".")
    del (damaged[outer] if inner else damaged)[inner or outer]
    with pytest.raises(StorageCorrupt):
        TokenRecord.from_bytes(json.dumps(damaged).encode(), KEY)


def test_the_same_limit_for_writing_and_reading():
    """S18: 64 KiB, counted as stored."""
    room = LARGEST_RECORD - len(TokenRecord(key=KEY).next(evolve(TOKEN, access_token=Secret(""))).to_bytes())
    largest = TokenRecord(key=KEY).next(evolve(TOKEN, access_token=Secret("x" * room)))
    data = largest.to_bytes()
    assert len(data) == LARGEST_RECORD == 65_536
    assert TokenRecord.from_bytes(data, KEY) == largest
    too_large = largest.next(evolve(TOKEN, access_token=Secret("x" * (room + 1))))
    with pytest.raises(TokenStoreError, match="larger than 65536"):
        too_large.to_bytes()
    with pytest.raises(TokenStoreError, match="larger than 65536"):
        largest.to_bytes(CIPHER)
    with pytest.raises(StorageCorrupt, match="larger than 65536"):
        TokenRecord.from_bytes(data + b" ", KEY)


@pytest.mark.parametrize(
    "damage",
    [
        {"access_expires_at": float("inf")},
        {"refresh_expires_at": float("nan")},
        {"company_id": "\ud800"},
        {"refresh_token": Secret("\udcff")},
    ],
    ids=["endless", "no number", "surrogate", "surrogate in a secret"],
)
def test_what_cannot_be_read_back_is_not_written(damage):
    """S18: refused before it is stored, without saying what it was."""
    with pytest.raises(TokenStoreError, match="cannot be read back") as caught:
        TokenRecord(key=KEY).next(evolve(TOKEN, **damage)).to_bytes()
    assert not any(secret in str(caught.value) for secret in SECRETS)


@pytest.mark.parametrize("cipher", [None, CIPHER], ids=["plain", "sealed"])
def test_a_record_of_another_key_is_recognised(cipher):
    """S11, F15, F25: the clear key is inside, and sealed records are bound to their name."""
    with pytest.raises(StorageCorrupt, match="wrong key or moved" if cipher else "belongs to another login"):
        TokenRecord.from_bytes(RECORD.to_bytes(cipher), OTHER_COMPANY, cipher)


@pytest.mark.parametrize(
    ("written", "read", "said"),
    [
        (CIPHER, OTHER_CIPHER, "wrong key or moved"),
        (CIPHER, None, "no encryption key was given"),
        (None, CIPHER, "the record is not sealed"),
    ],
    ids=["another key", "no key", "not sealed"],
)
def test_a_wrong_key_is_no_garbage(written, read, said):
    """F25: told apart from damage, so that no store throws a good record away."""
    with pytest.raises(NotOpened, match=said):
        TokenRecord.from_bytes(RECORD.to_bytes(written), KEY, read)


@pytest.mark.parametrize("cipher", [None, CIPHER], ids=["plain", "sealed"])
def test_garbage_is_no_wrong_key(cipher):
    """S9: what is neither a record nor sealed may be put aside."""
    with pytest.raises(StorageCorrupt) as caught:
        TokenRecord.from_bytes(bytes(100), KEY, cipher)
    assert not isinstance(caught.value, NotOpened)


@pytest.mark.parametrize("data", [b'{"version":99}', b'{"version":2,"key":7}', b"sealed 2\n???"])
@pytest.mark.parametrize("cipher", [None, CIPHER], ids=["plain", "sealed"])
def test_later_versions_are_recognised(data, cipher):
    """S12, F16: whatever else they look like."""
    if data.startswith(b"{") and cipher:
        data = b"sealed 1\n" + cipher.seal(data, record_name(KEY))
    with pytest.raises(StoreTooNew):
        TokenRecord.from_bytes(data, KEY, cipher)


@given(keys, keys)
def test_names_are_safe_and_differ(one, other):
    """S11, F26: 32 lower-case letters and digits, whatever is in the key; another key has another name."""
    name = record_name(one)
    assert len(name) == 32
    assert set(name) <= set(string.ascii_lowercase + "234567")
    assert (name == record_name(other)) == (one == other)


def test_nothing_shows_the_tokens():
    """S13: neither the record nor its bytes, printed."""
    shown = f"{RECORD!r} {RECORD.to_bytes()!r}"
    assert not any(secret in shown for secret in SECRETS)
    assert not any(secret.encode() in RECORD.to_bytes(CIPHER) for secret in SECRETS)
