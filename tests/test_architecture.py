"""The house as designed: imports point down, names are complete, files stay small, importing stays cheap."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest

import alfaview_async
from alfaview_async.cli.app import alfactl

PACKAGE = Path(alfaview_async.__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py"))

PARTS = {path.stem for path in PACKAGE.iterdir()}
MAY_IMPORT = {
    "errors": set(),
    "_lazy": set(),
    "models": {"errors", "_lazy"},
    "generated": set(),
    "slices": set(),
    "breathing": set(),
    "request_ids": set(),
    "wire_fields": set(),
    "wire_values": {"errors"},
    "wire_readers": {"generated", "wire_fields", "wire_values"},
    "wire": {"errors", "generated", "wire_fields", "wire_readers", "wire_values"},
    "envelope": {"error_body", "errors", "models", "secret"},
    "operation": {"models"},
    "joining": {"errors"},
    "error_body": {"errors", "http_date", "models", "status_errors"},
    "status_errors": {"errors"},
    "http_date": set(),
    "refresh_cookie": {"http_date", "errors", "secret"},
    "protocol": {
        "breathing",
        "envelope",
        "error_body",
        "errors",
        "generated",
        "models",
        "operation",
        "secret",
        "slices",
        "wire",
        "wire_readers",
    },
    "services": {"operation", "models", "errors", "joining"},
    "http_reply": {"secret"},
    "user_agent": set(),
    "transport": {"errors", "http_reply", "secret", "user_agent"},
    "retry": {"errors"},
    "secret": set(),
    "tokens": {"errors", "secret", "_lazy"},
    "testing": {"secret", "tokens"},
    "credentials": {"errors", "secret"},
    "access_token": {"secret"},
    "single_flight": set(),
    "login": {
        "http_date",
        "http_reply",
        "error_body",
        "credentials",
        "refresh_cookie",
        "transport",
        "protocol",
        "services",
        "models",
        "errors",
        "secret",
    },
    "renewal": {"credentials", "login", "secret", "tokens", "transport", "errors"},
    "session": {"access_token", "credentials", "renewal", "secret", "single_flight", "tokens", "transport", "errors"},
    "calls": {
        "access_token",
        "breathing",
        "envelope",
        "errors",
        "http_reply",
        "models",
        "operation",
        "protocol",
        "request_ids",
        "retry",
        "secret",
        "session",
        "transport",
        "wire",
    },
    "client": {
        "calls",
        "session",
        "credentials",
        "secret",
        "transport",
        "retry",
        "tokens",
        "services",
        "operation",
        "models",
        "errors",
    },
    "invitario": {
        "error_body",
        "errors",
        "http_reply",
        "models",
        "retry",
        "secret",
        "single_flight",
        "transport",
        "wire",
    },
    "webex": {"error_body", "status_errors", "errors", "models", "retry", "secret", "transport", "user_agent", "wire"},
    "bulk": {"services", "client", "models", "errors", "_lazy", "tokens", "webex", "invitario"},
    "emulator": {
        "status_errors",
        "services",
        "protocol",
        "operation",
        "models",
        "wire",
        "errors",
        "_lazy",
        "alfaview_async",
    },
    "pytest_client": {"client", "credentials", "transport"},
    "pytest_plugin": {"alfaview_async", "emulator", "pytest_client"},
    "cli": {
        "alfaview_async",
        "bulk",
        "client",
        "credentials",
        "emulator",
        "errors",
        "http_date",
        "invitario",
        "models",
        "operation",
        "secret",
        "services",
        "tokens",
        "transport",
        "webex",
        "wire",
    },
    "__main__": {"cli"},
    "__init__": {"_lazy", "client", "credentials", "errors", "joining", "retry"},
}
"""Each part of the package and the parts it may know; what is not listed does not exist."""

BY_NAME = 'f"alfaview_async.cli.commands.{cmd_name}"'
"""How the command line finds a command when it is typed."""


def part(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """Name the parts of the package that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "alfaview_async":
            names = [f"alfaview_async.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            names = [node.module]
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            if first == "alfaview_async":
                found.add(rest[0] if rest and rest[0] in PARTS else "alfaview_async")
    return found - {part(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    """A file imports only the parts below its own."""
    assert imported(path) <= MAY_IMPORT[part(path)]


def test_the_layers_have_no_cycle():
    """The table of layers is itself a hierarchy."""
    left = {name: set(below) - {"alfaview_async"} for name, below in MAY_IMPORT.items()}
    while left:
        bottom = {name for name, below in left.items() if not below & left.keys()}
        assert bottom, f"a cycle among {sorted(left)}"
        left = {name: below for name, below in left.items() if name not in bottom}


def test_every_part_is_in_the_table():
    """A new file finds its layer, an old entry has its file."""
    assert {part(path) for path in FILES} == MAY_IMPORT.keys()


def test_the_emulator_never_knows_the_client():
    """It judges the client only by what arrives over HTTP; `Emulator.client` alone hands one out, and loads it then."""
    forbidden = {"webex", "invitario", "client", "session", "calls", "login", "transport", "tokens", "retry"}
    assert not MAY_IMPORT["emulator"] & forbidden
    emulator = [path for path in FILES if part(path) == "emulator"]
    assert [path.name for path in emulator if "alfaview_async" in imported(path)] == ["emulator.py"]
    code = "import sys, alfaview_async.emulator; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {f"alfaview_async.{name}" for name in forbidden} & set(loaded)


def test_commands_live_under_their_names():
    """What can be typed is what there is in `cli/commands`; what commands share knows none of them."""
    commands = PACKAGE / "cli" / "commands"
    names = {path.stem for path in commands.iterdir() if path.name not in {"__init__.py", "__pycache__"}}
    assert names == set(alfactl.list_commands(click.Context(alfactl)))
    shared = [path for path in FILES if part(path) == "cli" and commands not in path.parents]
    assert [path for path in shared if "alfaview_async.cli.commands" in path.read_text().replace(BY_NAME, "")] == []


def test_one_file_speaks_http_for_the_client():
    """aiohttp's client is known to the transport, and by its type to the front door."""
    users = {part(path) for path in FILES if "import aiohttp" in path.read_text()} - {"emulator"}
    assert users == {"transport", "client", "webex"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_have_one_reason(path):
    """No file above 400 lines, and each says in its first line what it is for."""
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert (ast.get_docstring(ast.parse(text)) or "").strip()


@pytest.mark.parametrize(
    "package", ["alfaview_async", "alfaview_async.models", "alfaview_async.tokens", "alfaview_async.bulk"]
)
def test_what_checkers_see_is_what_there_is(package):
    """The names under TYPE_CHECKING, those that `dir` shows and those that can be fetched are the same."""
    module = importlib.import_module(package)
    shown = set(dir(module))
    assert {name for name in shown if getattr(module, name) is not None} == shown
    declared = set()
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        if not isinstance(node, ast.ImportFrom) or node.module.endswith("_lazy") or node.module == "typing":
            continue
        for alias in node.names:
            if alias.name != "*":
                declared.add(alias.asname)
                continue
            source = importlib.import_module(node.module)
            defined = {n for n, v in vars(source).items() if getattr(v, "__module__", "") == node.module}
            declared |= {n for n in defined if not n.startswith("_")} | ({"Int64"} & vars(source).keys())
    assert declared == shown


def test_unknown_names_are_attribute_errors():
    """Lazy packages fail like others."""
    with pytest.raises(AttributeError, match="has no attribute 'Zoom'"):
        alfaview_async.Zoom  # noqa: B018 - the access is the test


def test_importing_loads_nothing_heavy():
    """`import alfaview_async` costs no HTTP library, no models, no services, no command line."""
    code = "import sys, alfaview_async; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.startswith("alfaview_async")}
    assert ours == {"alfaview_async", "alfaview_async._lazy"}
    assert not {"aiohttp", "attrs", "attr", "cattrs", "keyring", "click", "rich", "orjson", "stamina"} & set(loaded)
