"""Where values come from: flag > environment > ./alfaview.toml > config.toml > default."""

from pathlib import Path

import pytest

from alfaview_async.cli.settings import EMULATOR_URL, Setting, Settings, cache_directory, config_directory
from alfaview_async.errors import ConfigurationError


@pytest.fixture
def places(tmp_path):
    """Return the directory of a project, and the environment with a configuration."""
    config = tmp_path / "config"
    config.mkdir()
    return tmp_path, {"ALFAVIEW_CONFIG_DIR": str(config)}


def test_each_place_wins_over_the_next(places):
    """Take away the winner, and the next one counts."""
    directory, environment = places
    config, project = directory / "config" / "config.toml", directory / "alfaview.toml"
    assert Settings({}, environment, directory)["timezone"] == Setting("Europe/Berlin", "default")
    config.write_text('[profile.default]\ntimezone = "UTC"\n')
    assert Settings({}, environment, directory)["timezone"] == Setting("UTC", str(config))
    project.write_text('timezone = "Europe/Paris"\n')
    assert Settings({}, environment, directory)["timezone"] == Setting("Europe/Paris", str(project))
    environment |= {"ALFAVIEW_TIMEZONE": "Europe/Rome"}
    assert Settings({}, environment, directory)["timezone"] == Setting("Europe/Rome", "ALFAVIEW_TIMEZONE")
    flags = {"timezone": "Europe/Oslo"}
    assert Settings(flags, environment, directory)["timezone"] == Setting("Europe/Oslo", "--timezone")


def test_empty_values_count_as_none(places):
    """`ALFAVIEW_COMPANY_ID= alfactl ...` does not hide what is below."""
    directory, environment = places
    (directory / "alfaview.toml").write_text('company = "c"\n')
    assert Settings({"company": ""}, environment | {"ALFAVIEW_COMPANY_ID": ""}, directory)["company"].value == "c"


def test_values_of_the_chosen_profile(places):
    """The profile is itself a setting; others' values do not count."""
    directory, environment = places
    config = directory / "config" / "config.toml"
    config.write_text('default_profile = "a"\n[profile.a]\ncompany = "1"\n[profile.b]\ncompany = "2"\n')
    assert Settings({}, environment, directory)["company"].value == "1"
    assert Settings({"profile": "b"}, environment, directory)["company"].value == "2"
    assert Settings({}, environment | {"ALFAVIEW_PROFILE": "b"}, directory)["company"].value == "2"
    assert Settings({"profile": "c"}, environment, directory)["company"].value == ""
    assert Settings({}, environment, directory).profiles == ["a", "b"]


@pytest.mark.parametrize("name", ["base_url", "store", "identity", "redis_url"])
def test_a_stranger_s_directory_does_not_send_the_login_elsewhere(places, name):
    """Not even where a file there says so: commands stop."""
    directory, environment = places
    (directory / "alfaview.toml").write_text(f'{name} = "https://evil.example/"\n')
    with pytest.raises(ConfigurationError, match=name):
        Settings({}, environment, directory)


def test_an_address_with_a_password_comes_from_the_environment_only(places):
    """In a file it does not count; `doctor` complains of it."""
    directory, environment = places
    (directory / "config" / "config.toml").write_text('[profile.default]\nredis_url = "redis://file"\n')
    assert Settings({}, environment, directory)["redis_url"].value == ""
    there = environment | {"ALFAVIEW_REDIS_URL": "redis://there"}
    assert Settings({}, there, directory)["redis_url"] == Setting("redis://there", "ALFAVIEW_REDIS_URL")


@pytest.mark.parametrize(
    "text",
    [
        "profile = 3",
        'profile = "work"',
        '[profile]\nwork = "x"',
        "columns = 3",
        '[columns]\nemail = "E-Mail"',
        "a = [",
        "\xff",
    ],
)
def test_files_that_are_built_otherwise(places, text):
    """Said with the path of the file; never a traceback."""
    directory, environment = places
    path = directory / "config" / "config.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"config\.toml"):
        Settings({}, environment, directory)


@pytest.mark.parametrize(
    ("flags", "environment", "url"),
    [
        ({}, {}, EMULATOR_URL),
        ({}, {"ALFAVIEW_BASE_URL": "https://apis.alfaview.com/json/v1/"}, EMULATOR_URL),
        ({}, {"ALFAVIEW_BASE_URL": "http://127.0.0.1:9000/json/v1/"}, "http://127.0.0.1:9000/json/v1/"),
        ({"base_url": "http://localhost:1/"}, {"ALFAVIEW_BASE_URL": "http://[::1]:2/"}, "http://localhost:1/"),
        ({"base_url": "http://alfaview.com.evil/"}, {}, EMULATOR_URL),
    ],
)
def test_the_emulator_is_on_this_machine(tmp_path, flags, environment, url):
    """`--emulator` never sends anything into the world, whatever is set."""
    everything = environment | {"ALFAVIEW_CONFIG_DIR": str(tmp_path)}
    assert Settings(flags, everything, tmp_path, emulator=True)["base_url"] == Setting(url, "--emulator")


def test_directories(monkeypatch):
    """As the XDG base directory specification says: relative paths there are ignored."""
    monkeypatch.setenv("HOME", "/home/ada")
    assert config_directory({}) == Path("/home/ada/.config/alfaview")
    assert config_directory({"XDG_CONFIG_HOME": "/x"}) == Path("/x/alfaview")
    assert config_directory({"XDG_CONFIG_HOME": "x"}) == Path("/home/ada/.config/alfaview")
    assert config_directory({"ALFAVIEW_CONFIG_DIR": "/y", "XDG_CONFIG_HOME": "/x"}) == Path("/y")
    assert cache_directory({"XDG_CACHE_HOME": "/z"}) == Path("/z/alfaview")
