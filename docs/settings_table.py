"""Writes the page of configuration from the settings that `alfactl` and the library know."""

from generated_page import code, table

from alfaview_async.cli.commands.config import _CHOICES, _SETTABLE
from alfaview_async.cli.settings import _DEFAULTS, _NEVER_IN_PROJECT, ENVIRONMENT, ONLY_IN_ENVIRONMENT

MEANINGS = {
    "profile": "which login to use",
    "company": "id of the company to work in",
    "base_url": "the server; plain http only to this machine",
    "store": "where logins are kept",
    "timezone": "of times without offset",
    "locale": "language of guests whose row names none",
    "role": "role for guests whose row names none",
    "room": "room for guests whose row names none",
    "lang": "language of messages; without it that of `LC_ALL`, `LC_MESSAGES`, `LANG`",
    "identity": "who is logged in; written by `alfactl login`",
    "redis_url": "address of the store `redis`",
}
FLAGS = {"profile", "company", "base_url", "lang"}
"""Settings that every command takes as an option; the others are options of single commands, or none."""
VARIABLES = {
    "ALFAVIEW_CLIENT_ID": "alias of the API key",
    "ALFAVIEW_CODE": "secret of the API key",
    "ALFAVIEW_COMPANY_ID": "company; must be there for an API key",
    "ALFAVIEW_USERNAME": "user name, instead of an API key",
    "ALFAVIEW_PASSWORD": "its password",
    "ALFAVIEW_BASE_URL": "server; default `https://apis.alfaview.com/json/v1/`",
}
"""What `Alfaview.from_env()` reads, and `alfactl` too."""
OTHER_VARIABLES = {
    "ALFAVIEW_CONFIG_DIR": "directory of `config.toml` and of file tokens; default `alfaview` below `XDG_CONFIG_HOME` "
    "(`~/.config`)",
    "INVITARIO_BASE_URL": "scheme and host of the admin pages; the four of Invitario count only together",
    "INVITARIO_EVENT_ID": "the event",
    "INVITARIO_STATION_NAME": "name of the check-in configuration",
    "INVITARIO_API_KEY": "its App Code",
    "WEBEX_ACCESS_TOKEN": "token for `alfactl webex`",
    "WEBEX_BASE_URL": "server of Webex; for tests",
    "XDG_STATE_HOME": "journals of bulk jobs lie in `alfaview/jobs` below it; default `~/.local/state`",
    "XDG_CACHE_HOME": "names for the shell's completion lie in `alfaview` below it; default `~/.cache`",
    "NO_COLOR, FORCE_COLOR, TERM": "colours; `--color` counts before them",
    "CI": "when set: no questions, no progress bar, no colours",
}
HEAD = """# Configuration

Which environment variables and settings there are, and which one counts.

## The library

`Alfaview(...)` reads no variables and no files. `Alfaview.from_env()` reads these; they name an API key or a user,
never both:

"""
ALFACTL = """
While any of the four that log in is set, `alfactl` uses it, and no store is asked.

## alfactl

A flag counts before the environment, that before `./alfaview.toml`, that before the profile in `config.toml`, that
before the default. `alfactl config list --origin` says where each value comes from.

"""
CONFIG_FILE = """
A directory that somebody else wrote must not send your login elsewhere: so `./alfaview.toml` may not set all.

### config.toml

Its place is printed by `alfactl config path`, its values are set by `alfactl config set`. It holds no secrets.
`[columns]` teaches further headers of lists: [Columns](columns.md).

```toml
default_profile = "work"

[profile.work]
company = "01FH0EX2VQQ378MV7Z5NAGHESK"
store = "keyring"
timezone = "Europe/Berlin"
role = "Participant"

[columns]
email = ["Kontakt-Mail", "Dienstadresse"]
```

### Other variables

"""


def page() -> str:
    """Return the page."""
    header = ("setting", "meaning", "flag", "variable", "`./alfaview.toml`", "`config.toml`", "default")
    settings = table(header, map(_setting, _DEFAULTS))
    variables, others = (table(("variable", "meaning"), _rows(names)) for names in (VARIABLES, OTHER_VARIABLES))
    return HEAD + variables + ALFACTL + settings + CONFIG_FILE + others


def _rows(variables: dict[str, str]) -> list[tuple[str, str]]:
    return [(code(name.split(", ")), meaning) for name, meaning in variables.items()]


def _setting(name: str) -> tuple[str, ...]:
    in_files = name not in ONLY_IN_ENVIRONMENT
    choices = f"; {code(_CHOICES[name])}" if name in _CHOICES else ""
    config = "`default_profile`" if name == "profile" else "yes" if name in (*_SETTABLE, "identity") else "no"
    return (
        f"`{name}`",
        MEANINGS[name] + choices,
        f"`--{name.replace('_', '-')}`" if name in FLAGS else "",
        code([ENVIRONMENT[name]]) if name in ENVIRONMENT else "",
        "yes" if in_files and name not in _NEVER_IN_PROJECT else "no",
        config,
        code([_DEFAULTS[name]]) if _DEFAULTS[name] else "",
    )
