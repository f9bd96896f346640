"""Seeds from files: JSON always, YAML with PyYAML; each mistake is told with its place."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.emulator import Emulator
from alfaview_async.emulator.seeds.files import read_file
from alfaview_async.errors import ConfigurationError

SCHOOL = """
# an evening school
companies:
  school:
    profile: {displayName: Abendschule}
    rooms:
      "0123": {displayName: "007"}
      2026-01-01: {displayName: Neujahr}
    links:
      g:
        kind: guest
        roomId: "0123"
        permissionGroupId: participant
        validUntil: 2030-01-01T18:00:00+01:00
users:
apiKeys:
"""


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_yaml(write):
    """Keys are text, times have their zone, what is empty is left out."""
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    emulator = Emulator(seed=write("school.yaml", SCHOOL))
    company = emulator.state.companies["school"]
    assert (company.profile.display_name, list(company.rooms)) == ("Abendschule", ["0123", "2026-01-01"])
    assert company.rooms["0123"].display_name == "007"
    assert company.links["g"].valid_until == datetime(2030, 1, 1, 17, tzinfo=UTC)
    assert emulator.client_id == "demo"


@pytest.mark.parametrize("name", ["out.json", "OUT.JSON", "out.yaml", "out.yml"])
async def test_an_export_is_a_seed_file(write, app, emulator, name):
    """As JSON, which is YAML too; the file is given as a path or its name."""
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    await app.guest_links({"displayName": "Zoë", "email": "zoe@example.org", "sendEmail": True})
    emulator.habits.nanoseconds = True
    path = write(name, json.dumps(emulator.export(), ensure_ascii=False))
    for seed in (path, str(path)):
        assert Emulator(seed=seed).export() == emulator.export()


def test_the_byte_order_mark_of_windows(tmp_path):
    """Its editors write one."""
    path = tmp_path / "seed.json"
    path.write_text('{"companies": {"c": {}}}', encoding="utf-8-sig")
    assert Emulator(seed=path).company_id == "c"


def test_the_file_is_read_once(write):
    """What is written later does not show, nor is it missed."""
    path = write("seed.json", '{"companies": {"c": {}}}')
    emulator = Emulator(seed=path)
    path.unlink()
    emulator.reset()
    assert emulator.company_id == "c"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("seed.json", "{", "seed.json is not JSON: "),
        ("seed.json", "[]", "seed.json: a seed is an object"),
        ("seed.json", '{"companies": {"c": {"id": "d"}}}', "seed.json: companies.c.id: 'd' is not the key"),
        ("seed.txt", "{}", "seed.txt: a seed file ends with .json, .yaml, .yml"),
        ("seed.yaml", "companies: {", "seed.yaml is not YAML: while parsing"),
        ("seed.yaml", "a: 1\nb: 2\na: 3", "line 3: the key 'a' is there twice"),
        ("seed.yaml", "? [a]\n: 1", "line 1: a key must be text"),
        ("seed.yaml", "a: &a [*a]", "nested too deeply, or an alias stands within itself"),
        ("seed.yaml", "a: !!python/object:os.system {}", "seed.yaml is not YAML: could not determine a constructor"),
        (
            "seed.yaml",
            "users: {u: {password: 1234}}",
            "users.u.password: expected text, found a whole number; put it in",
        ),
        ("seed.yaml", "users: {u: {password: no}}", "users.u.password: expected text, found true or false; put it in"),
        ("seed.yaml", "", "seed.yaml: a seed is an object"),
    ],
)
def test_mistakes(write, name, text, problem):
    """The file, the place, what to do."""
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    with pytest.raises(ConfigurationError) as raised:
        Emulator(seed=write(name, text))
    assert problem in str(raised.value)


def test_all_mistakes_are_told_at_once(write):
    """Up to ten, and how many there are."""
    rooms = {f"r{number:02}": {"displayNaem": "x"} for number in range(12)}
    with pytest.raises(ConfigurationError) as raised:
        Emulator(seed=write("seed.json", json.dumps({"companies": {"c": {"rooms": rooms}}})))
    first, *places, last = str(raised.value).splitlines()
    assert first.endswith("seed.json has 12 mistakes:")
    assert [place.partition(":")[0] for place in places] == [
        f"companies.c.rooms.r{n:02}.displayNaem" for n in range(10)
    ]
    assert last == "and 2 more"


@pytest.mark.parametrize(
    ("rooms", "place"),
    [
        ({"a": {"parentId": "b"}, "b": {"parentId": "a"}}, "rooms.a.parentId: the room stands below itself"),
        (
            {"a": {"parentId": "gone"}},
            "rooms.a.parentId: 'gone' is not in the seed; name an entry of companies.c.rooms",
        ),
        ({"a": {"quotas": {"size": 3}}}, "rooms.a.quotas.size: unknown; expected some of name"),
        ({"a": {"features": [{"stat": "ENABLED"}]}}, "rooms.a.features[0].stat: unknown"),
        ({"a": {"createdAt": "2026-01-01T08:00"}}, "rooms.a.createdAt: "),
    ],
)
def test_rooms(rooms, place):
    """A tree without loops, of fields that rooms have."""
    with pytest.raises(ConfigurationError) as raised:
        Emulator(seed={"companies": {"c": {"rooms": rooms}}})
    assert f"companies.c.{place}" in str(raised.value)


def test_a_missing_file(tmp_path):
    """The error is ours and says which."""
    with pytest.raises(ConfigurationError, match=r"cannot read the seed file .*gone\.json: No such file"):
        Emulator(seed=tmp_path / "gone.json")


def test_a_file_in_another_encoding(tmp_path):
    """Names must not become others."""
    (tmp_path / "seed.json").write_bytes('{"companies": {"c": {"profile": {"displayName": "Süd"}}}}'.encode("cp1252"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        Emulator(seed=tmp_path / "seed.json")


def test_yaml_without_pyyaml(write, monkeypatch):
    """The message says what to install, and what else to do."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ConfigurationError, match=r"pip install PyYAML; or write the seed as JSON"):
        Emulator(seed=write("seed.yaml", "companies: {}"))


TEXT = st.text(st.characters(categories=["L", "N", "P"]), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def begun(seed):
    """An emulator, or what is wrong with its seed."""
    try:
        return Emulator(seed=seed)
    except ConfigurationError as error:
        return str(error)


@given(JSON, st.sampled_from(["companies", "users", "apiKeys", "identityProviders", "outbox", "habits"]))
def test_any_data_is_a_seed_or_a_mistake(data, part):
    """Whatever stands somewhere in a seed."""
    for seed in ({part: data}, {part: {"a": data}}, {"companies": {"c": {"rooms": data, "links": {"l": data}}}}):
        found = begun(seed)
        if isinstance(found, Emulator):
            assert Emulator(seed=found.export()).export() == found.export()
        else:
            assert found.startswith("the seed")


@given(JSON)
def test_json_written_as_yaml_is_read_alike(tmp_path_factory, data):
    """Both readers find the same in one text."""
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    folder: Path = tmp_path_factory.mktemp("seeds")
    text = json.dumps({"a": data}, ensure_ascii=False)
    (folder / "seed.json").write_text(text, encoding="utf-8")
    (folder / "seed.yaml").write_text(text, encoding="utf-8")
    assert read_file(folder / "seed.yaml") == read_file(folder / "seed.json") == {"a": data}
