"""`alfactl company`: the companies that the login may enter."""

import click

from alfaview_async.cli.config_file import ConfigFile
from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client, has_credentials_in_environment
from alfaview_async.models.companies import Company

_COLUMNS = ("id", "display_name", "current")


@click.group(cls=Group)
def company() -> None:
    """The companies that you may enter."""


@company.command("list")
@asynchronous
async def list_companies(invocation: Invocation) -> None:
    """List the companies that the login may enter."""
    async with client(invocation) as alfaview:
        companies = await alfaview.accessible_companies()
        reply = await alfaview.authentication.access_token_information()
    invocation.show(
        [
            {"id": company_id, "display_name": found.display_name, "current": company_id == reply.company_id}
            for company_id, found in companies.items()
        ],
        _COLUMNS,
    )


@company.command()
@click.argument("name", metavar="COMPANY")
@asynchronous
async def switch(invocation: Invocation, name: str) -> None:
    """Work in another company from now on: enter it, then remember it. COMPANY is an id or a name."""
    if invocation.emulator or has_credentials_in_environment(invocation):
        raise invocation.fail("switch-environment", Exit.USAGE)
    async with client(invocation) as alfaview:
        company_id, found = _named(invocation, await alfaview.accessible_companies(), name)
        if invocation.dry_run:
            invocation.say("dry-run", what=invocation.text("would-switch", company=found.display_name, id=company_id))
            return
        await alfaview.switch_company(company_id)
    settings = invocation.settings
    file = ConfigFile(settings.config_path)
    file.set(settings.profile.value, company=company_id)
    file.save()
    invocation.say("company-switched", company=found.display_name, id=company_id)
    invocation.forget_settings()
    if invocation.settings["company"].value != company_id:
        invocation.say("setting-hidden", name="company", origin=invocation.settings["company"].origin)


def _named(invocation: Invocation, companies: dict[str, Company], name: str) -> tuple[str, Company]:
    found = [item for item in companies.items() if name in (item[0], item[1].display_name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{company.display_name} ({company_id})" for company_id, company in companies.items())
    raise invocation.fail(
        "ambiguous-company" if found else "no-company", Exit.NOT_FOUND, name=name, known=known, count=len(found)
    )
