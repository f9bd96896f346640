"""`alfactl bulk`: many guest links from a list."""

from importlib import import_module

import click

from alfaview_async.cli.declaring import LazyGroup

_COMMANDS = {
    "create": "Create a personal link for each guest of a list.",
    "export": "Write the links of a job to files again, or to stdout.",
    "jobs": "List the jobs that were begun on this machine.",
    "reconcile": "Look for what calls whose answers were lost have left.",
    "resolve": "Say what became of a row that only a person can know.",
    "resume": "Go on with a job that was interrupted.",
    "retry": "Go on with a job, and send refused rows again.",
    "revoke": "Delete the links that a job has made.",
    "show": "Show a job, or its rows.",
    "template": "Print a list to begin with.",
    "validate": "Check a list; send nothing.",
}
_FILES = {
    "create": ("create",),
    "going_on": ("reconcile", "resume", "retry", "revoke"),
    "looking": ("export", "jobs", "resolve", "show"),
    "template": ("template",),
    "validate": ("validate",),
}
"""Looking at what is there needs no HTTP client, which takes as long to import as all the rest."""


class _Bulk(LazyGroup):
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the file that holds a command."""
        for file, names in _FILES.items():
            if cmd_name in names:
                command: click.Command = getattr(import_module(f"{__name__}.{file}"), cmd_name)
                return command
        return None


@click.group(cls=_Bulk, files=_COMMANDS)
def bulk() -> None:
    """Many guest links from a list.

    Check it, create the links, go on after an interruption, look for lost answers, take it all back. Nobody is mailed
    unless you say --send-email, and nobody twice.
    """
