"""alfactl, the command line; needs the extra `cli`.

What is typed lives in `commands`, a file or package for each command, under its name. The rest is what commands share:

- `app` is the tree of commands and how the process ends, `declaring` how a command is declared, `global_options` what
  every command takes, `invocation` one run with that;
- `settings` says where values come from, `config_file` changes them, `logins` keeps logins and opens clients;
- `arguments` understands what people type: rooms, roles, times, guests; `misuse` tells what is wrong with a line;
- `links` shows, changes and watches single links, `jobs` carries out bulk jobs;
- `output` writes data, `failures` and `explaining` say what went wrong, `texts` has every word in both languages;
- `completion` teaches shells, `emulator_admin` calls a running emulator.
"""

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
