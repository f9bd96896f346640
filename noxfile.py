"""Each check by its name; `nox -l` lists them."""

import nox

nox.options.sessions = ["tests", "lint", "typing", "docs", "wheel"]
nox.options.default_venv_backend = "venv"


@nox.session(python=["3.11", "3.12", "3.13"])
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
    """The package and its public face, read by two type checkers."""
    session.install("--upgrade", "pip")
    session.install("--group", "typing", ".")
    session.run("mypy", "alfaview_async", "tests/typing")
    session.run("pyright")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation; warnings are errors."""
    session.install("--upgrade", "pip")
    session.install("--group", "docs", ".")
    session.run("sphinx-build", "-qW", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def bench(session: nox.Session) -> None:
    """What our code costs, as ratios to aiohttp and orjson alone, measured in the same run."""
    session.install("--upgrade", "pip")
    session.install("--group", "bench", ".")
    session.run("python", "benchmarks/calls.py", *session.posargs)
    session.run("python", "benchmarks/codec.py", *session.posargs)
    session.run("python", "benchmarks/imports.py", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """What the README's first command shows."""
    session.install(".[cli]")
    session.run("alfactl", "demo", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel, not the tree: what is installed must work on its own."""
    session.install("build")
    session.run("python", "-m", "build", "--outdir", "dist", ".")
    session.install("--force-reinstall", "--no-deps", "--no-index", "--find-links", "dist", "alfaview-async")
    session.install("alfaview-async[all,test]", "--find-links", "dist")
    with session.chdir(session.create_tmp()):
        session.run("alfactl", "demo", "-O", "links.csv")
