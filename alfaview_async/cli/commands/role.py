"""`alfactl role`: the roles (permission groups) that links can give."""

from typing import Any

import attrs
import click

from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client
from alfaview_async.models.business import PermissionGroup
from alfaview_async.services.role_names import other_name

_COLUMNS = ("id", "name", "alias", "may")


@click.group(cls=Group)
def role() -> None:
    """The roles (permission groups) that links can give. Options --role take the id, the name or the alias."""


@role.command("list", epilog=example("alfactl role list --fields name,alias"))
@asynchronous
async def list_roles(invocation: Invocation) -> None:
    """List the roles of the company: what they are called in the other language, and what they allow."""
    async with client(invocation) as alfaview:
        groups = (await alfaview.business.permission_groups_list()).permission_groups
        in_order = sorted(groups.items(), key=lambda entry: (entry[1].order, entry[1].name, entry[0]))
        invocation.show([_row(group_id, group) for group_id, group in in_order], _COLUMNS)


def _row(group_id: str, group: PermissionGroup) -> dict[str, Any]:
    flags = attrs.asdict(group.permissions).items() if group.permissions else ()
    may = " ".join(name for name, value in flags if value is True)
    return {"id": group_id, "name": group.name, "alias": other_name(group.name), "may": may}
