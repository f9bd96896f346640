"""Each check by its name; `nox -l` lists them."""

import json
import shutil
import tarfile
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import nox
from packaging.requirements import Requirement

nox.options.sessions = ["tests", "lint", "typing", "docs", "recipes", "wheel"]
nox.options.default_venv_backend = "venv"

PROJECT = nox.project.load_toml("pyproject.toml")["project"]
NAME = f"alfaview_async-{PROJECT['version']}"
DIST = Path("dist").absolute()
PARTS = [  # something of every layer and of every dependency
    *(
        "tests/fuzz",
        "tests/plugin/test_async_plugins.py",
        "tests/test_calls.py",
        "tests/test_transport.py",
        "tests/test_architecture.py",
    ),
    *("tests/bulk/test_examples.py", "tests/bulk/test_write_calendar.py", "tests/bulk/test_write_qr.py"),
    *("tests/cli/test_demo.py", "tests/cli/test_explaining.py", "tests/cli/test_config.py"),
    *("tests/emulator/test_seed_files.py", "tests/tokens/test_redis.py", "tests/tokens/test_cipher.py"),
]


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """All tests, on every Python that is there."""
    session.install(".[all,test]")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and likely defects."""
    session.install("--upgrade", "pip")
    session.install("--group", "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typing(session: nox.Session) -> None:
    """The package, its public face and the programs around it, read by two type checkers."""
    session.install("--upgrade", "pip")
    session.install("--group", "dev", "--group", "recipes", ".")
    session.run("mypy", "alfaview_async", "tests/typing", "examples")
    session.run("mypy", "benchmarks", "docs", "noxfile.py")  # alone: programs of two directories may share a name
    session.run("pyright")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation; warnings are errors."""
    session.install("--upgrade", "pip")
    session.install("--group", "docs", ".")
    session.run("sphinx-build", "-qW", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def bench(session: nox.Session) -> None:
    """What our code costs beside aiohttp and orjson alone, and beside peers; `-- --only calls --quick` is a part."""
    session.install("--upgrade", "pip")
    session.install("--group", "bench", ".")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """What the README's first command shows."""
    session.install(".[cli]")
    session.run("alfactl", "demo", "--force", *session.posargs)


@nox.session
def recipes(session: nox.Session) -> None:
    """The examples for other frameworks, each with its framework."""
    session.install("--upgrade", "pip")
    session.install("--group", "recipes", ".[all,test]")
    session.run("pytest", "-q", "tests/recipes", *session.posargs)


@nox.session(python="3.11")
def minimum(session: nox.Session) -> None:
    """The oldest versions that pyproject.toml allows of all it names, on the oldest Python."""
    named = map(Requirement, chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()))
    oldest = {f"{named.name}=={at.version}" for named in named for at in named.specifier if at.operator == ">="}
    session.install(".[all,test]", *sorted(oldest))
    session.run("pytest", "-q", "-n", "auto", *(session.posargs or PARTS))


@nox.session(reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """What is published, not the tree: the wheel holds the package, and passes tests that the sdist brings."""
    session.install("--upgrade", "pip")
    session.install("--group", "release")
    wheel, sdist = DIST / f"{NAME}-py3-none-any.whl", DIST / f"{NAME}.tar.gz"
    session.run("python", "-m", "build", "--outdir", DIST, ".")
    session.run("twine", "check", "--strict", wheel, sdist)
    packed = {name for name in ZipFile(wheel).namelist() if not name.startswith(NAME)}
    tree = {file.as_posix() for file in Path("alfaview_async").rglob("*.*") if file.suffix != ".pyc"}
    if missing := packed ^ tree ^ {"alfaview_async/examples/guests.csv"}:
        session.error(f"in the wheel or in the tree, but not in both: {sorted(missing)}")
    session.install(f"alfaview-async[all,test] @ {wheel.as_uri()}")
    with TemporaryDirectory() as place, tarfile.open(sdist) as archive:
        archive.extractall(place, filter="data")
        with session.chdir(Path(place, NAME)):
            shutil.rmtree("alfaview_async")  # so that it can only be the installed one
            session.run("pytest", "-q", "-n", "auto", *(session.posargs or PARTS))
            session.run("alfactl", "demo", "-O", "links.csv")


def runtime(session: nox.Session, place: str) -> Path:
    """Install what users of all extras get, and nothing else, into an environment of its own."""
    session.run("python", "-m", "venv", "--without-pip", place)
    session.run("python", "-m", "pip", "--python", place, "install", "-q", ".[all]")
    return next(Path(place).rglob("site-packages"))


@nox.session
def audit(session: nox.Session) -> None:
    """Known weaknesses of what users install; skipped, and said so, where the advisory service cannot be reached."""
    session.install("--upgrade", "pip")
    session.install("--group", "release")
    with TemporaryDirectory() as place:
        found = Path(place, "audit.json")
        options = ["--path", str(runtime(session, place)), "--progress-spinner", "off", "-f", "json", "-o", str(found)]
        session.run("pip-audit", *options, success_codes=[0, 1])
        packages = json.loads(found.read_text()).get("dependencies", []) if found.exists() else []
    if weak := [f"{one['name']} {one['version']}: {one['vulns'][0]['id']}" for one in packages if one.get("vulns")]:
        session.error("; ".join(weak))
    unknown = [one["name"] for one in packages if "skip_reason" in one and one["name"] != "alfaview-async"]
    if unknown or not packages:
        session.skip(f"NOT AUDITED: the advisory service did not answer for {len(unknown) or 'all'} packages")


@nox.session
def sbom(session: nox.Session) -> None:
    """What users of all extras install, in CycloneDX's form, in dist/."""
    session.install("--upgrade", "pip")
    session.install("--group", "release")
    DIST.mkdir(exist_ok=True)
    with TemporaryDirectory() as place:
        runtime(session, place)
        target = ["--pyproject", "pyproject.toml", "--output-reproducible", "-o", str(DIST / f"{NAME}.cdx.json")]
        session.run("cyclonedx-py", "environment", *target, place)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Search each target for inputs that break it; `-- -max_total_time=600 -only=journals` for longer, for one."""
    session.install("--upgrade", "pip")
    session.install("--group", "fuzz", ".[all,test]")
    options = [option for option in session.posargs if not option.startswith("-only=")] or ["-max_total_time=60"]
    only = [option.removeprefix("-only=") for option in session.posargs if option.startswith("-only=")]
    paths = {"PYTHONPATH": str(Path("tests").absolute())}
    listed = session.run(
        "python", "-c", r"from fuzz.targets import *; print(*TARGETS, sep='\n')", env=paths, silent=True
    )
    place = Path(session.create_tmp())
    with session.chdir(place):
        for target in only or str(listed).splitlines():
            session.run("python", "-m", "fuzz.coverage_guided", target, *options, env=paths)
