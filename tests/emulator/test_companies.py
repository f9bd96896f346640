"""Handbook: list companies, list permission groups."""

import pytest

COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
PERMISSION_GROUPS = {
    "1390a746-5fda-454a-9a10-b21af32e38ed": {
        "name": "Moderator",
        "order": 1,
        "permissions": {
            "voice": True,
            "video": True,
            "promote": True,
            "join": True,
            "screen": True,
            "chat": True,
            "chatBroadcast": True,
        },
    },
    "6067b76c-5450-4fab-b70d-c7ba99eddcf2": {
        "name": "Participant",
        "order": 2,
        "permissions": {"voice": True, "video": True, "join": True, "screen": True, "chat": True},
    },
    "885e356d-02dd-4eec-960c-cd647f4b859a": {
        "name": "Spectator",
        "order": 3,
        "permissions": {"join": True, "chat": True},
    },
}


async def test_list_companies(app):
    """The ids of a login give names, in full for the companies it may enter, and the order beside the object."""
    login = {"username": "ada@example.org", "password": "demo-password"}
    reply = (await app.log_in(usernamePasswordCredentials=login)).json
    app.token = reply["accessToken"]
    ids = [account["companyId"] for account in reply["accessibleAccounts"]]
    listed = (await app.ask("companyService/list", companyIdList=ids)).json
    assert {key: company["displayName"] for key, company in listed["companies"].items()} == {
        COMPANY: "Nordlicht Akademie",
        OTHER_COMPANY: "Südwind Institut",
    }
    assert listed["companies"][OTHER_COMPANY]["ownerId"] == reply["userId"]
    assert listed["orderedCompanyIDs"] == ids


async def test_foreign_companies_show_their_name_only(app):
    """An API key belongs to one company; of others it learns the name, of unknown ids nothing."""
    listed = (await app.ask("companyService/list", companyIdList=[OTHER_COMPANY, "NOWHERE"])).json
    assert listed["companies"] == {OTHER_COMPANY: {"displayName": "Südwind Institut"}}


@pytest.mark.parametrize("ids", [[], None])
async def test_without_ids_the_own_company(app, ids):
    """No ids, or null, ask for the company entered."""
    listed = (await app.ask("companyService/list", companyIdList=ids)).json
    assert list(listed["companies"]) == [COMPANY]
    assert int(listed["companies"][COMPANY]["createdAt"]) > 0


async def test_list_permission_groups(app):
    """The handbook's three groups, with true flags only."""
    reply = (await app.ask("businessLogicService/permissionGroups/list")).json
    assert reply["permissionGroups"] == PERMISSION_GROUPS
