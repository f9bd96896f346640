"""Command lines that make no sense, told in the language of the user: click speaks English only.

What is wrong is read from the class and the parameter of click's error, never from its sentence; where nobody has put
it into words of ours, click's own are shown.
"""

from collections.abc import Sequence
from difflib import get_close_matches

import click
from click.types import FloatParamType, IntParamType

from alfaview_async.cli.declaring import Misuse
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation


def told(error: click.ClickException, invocation: Invocation) -> Failure:
    """Turn an error of click into a failure."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    following = invocation.text("usage-next", command=context.command_path) if context else ""
    code = "usage" if isinstance(error, click.UsageError) else "failed"
    meant = ", ".join(_meant(error))
    hint = (invocation.text("did-you-mean", meant=meant),) if meant else ()
    return Failure(code, Exit(error.exit_code), _message(error, invocation), hint, next_step=following)


def _message(error: click.ClickException, invocation: Invocation) -> str:
    match error:
        case Misuse():
            return invocation.text(error.key, **error.values)
        case click.NoSuchOption():
            return invocation.text("usage-no-option", name=error.option_name)
        case click.BadOptionUsage(ctx=click.Context() as context):
            key = "usage-no-value" if _is_flag(error.option_name, context) else "usage-needs-value"
            return invocation.text(key, name=error.option_name)
        case click.MissingParameter(param=click.Parameter() as param):
            return invocation.text(f"usage-missing-{param.param_type_name}", name=_name(param))
        case click.BadParameter(param=click.Parameter() as param):
            reason = _reason(param.type, invocation) or error.message
            return invocation.text("usage-bad-value", name=_name(param), reason=reason)
    return error.format_message()


def _meant(error: click.ClickException) -> Sequence[str]:
    if isinstance(error, Misuse):
        return get_close_matches(str(error.values.get("name", "")), error.known)
    return (error.possibilities or ()) if isinstance(error, click.NoSuchOption) else ()


def _is_flag(option: str, context: click.Context) -> bool:
    found = [param for param in context.command.params if option in (*param.opts, *param.secondary_opts)]
    return any(isinstance(param, click.Option) and param.is_flag for param in found)


def _name(param: click.Parameter) -> str:
    return " / ".join(param.opts) if isinstance(param, click.Option) else param.human_readable_name


def _reason(kind: object, invocation: Invocation) -> str:
    """Say what a parameter of this type takes; empty if nobody has put that into words."""
    if isinstance(kind, click.Choice):
        return invocation.text("usage-choice", known=", ".join(map(str, kind.choices)))
    if not isinstance(kind, IntParamType | FloatParamType):
        return ""
    what = invocation.text("usage-whole-number" if isinstance(kind, IntParamType) else "usage-number")
    if not isinstance(kind, click.IntRange | click.FloatRange):
        return what
    key = "usage-least" if kind.max is None else "usage-between"
    return invocation.text(key, what=what, least=kind.min, most=kind.max)
