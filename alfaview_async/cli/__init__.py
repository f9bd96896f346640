"""alfactl, the command line; needs the extra `cli`."""

import sys


def main() -> None:
    """Run `alfactl`; without the extra `cli`, say how to get it."""
    try:
        from alfaview_async.cli.app import run  # noqa: PLC0415 - click may be missing, and that must be said kindly
    except ModuleNotFoundError as missing:
        if missing.name not in {"click", "rich"}:
            raise
        sys.exit("alfactl needs more packages: pip install 'alfaview-async[cli]'")
    run()
