"""The effects of the operations of `companyService`, and of those of `businessLogicService` for whole companies."""

import pytest

from alfaview_async import AuthenticationError, InvalidArgument, NotFound
from alfaview_async.models import (
    ActivationTokenCredentials,
    AuthenticationRequest,
    Company,
    Room,
    User,
    UserCreateRequest,
    UsernamePasswordCredentials,
    UserProfile,
)

pytestmark = pytest.mark.usefixtures("operations_of_docstring")

ADA = "0a7d4c55-6f0b-4c11-9d2e-5b1f7a3c8e64"
COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
OTHER_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
GRACE = User(email="grace@example.org", user_profile=UserProfile(firstname="Grace"))


@pytest.fixture
def founded(emulator):
    """The company that was made last, and its only member."""

    def last():
        company = [*emulator.state.companies.values()][-1]
        (owner,) = [user for user in emulator.state.users.values() if company.id in user.company_ids]
        return company, owner

    return last


async def test_companies_list(ada):
    """`companyService/list`: by id, in the order of the ids."""
    listed = await ada.companies.list(company_id_list=[OTHER_COMPANY, COMPANY])
    assert listed.ordered_company_ids == [OTHER_COMPANY, COMPANY]
    assert listed.companies[COMPANY].display_name == "Nordlicht Akademie"
    paged = await ada.companies.list(company_id_list=[OTHER_COMPANY, COMPANY], company_id_from=COMPANY, limit=1)
    assert paged.companies.keys() == {COMPANY}


async def test_companies_get(alfaview):
    """`companyService/get`: refused, as it wants a token that customers do not have."""
    with pytest.raises(AuthenticationError, match="internal"):
        await alfaview.companies.get(company_id=COMPANY)


async def test_companies_search(ada):
    """`companyService/search`: a part of the name; `continue_` asks for the next page."""
    first = await ada.companies.search(term="I", limit=1)
    assert (first.total_results, first.ordered_company_ids) == (2, [COMPANY])
    second = await ada.companies.search(term="I", limit=1, continue_=first.continue_)
    assert (second.ordered_company_ids, second.continue_) == ([OTHER_COMPANY], "")
    anew = await ada.companies.search(term="I", limit=1, continue_="9" * 5000)
    assert anew.ordered_company_ids == first.ordered_company_ids
    assert (await ada.companies.search(term="südWIND")).companies.keys() == {OTHER_COMPANY}


async def test_companies_create(ada, emulator, founded):
    """`companyService/create`: the first user can log in to it, and it has the usual roles."""
    login = UsernamePasswordCredentials(username="grace", password="navy")
    first = UserCreateRequest(
        user=GRACE, authentication_request=AuthenticationRequest(username_password_credentials=login)
    )
    made = await ada.companies.create(company=Company(display_name="Ost GmbH"), user_create_request=first)
    company, owner = founded()
    assert (company.id, company.profile.owner_id, owner.username) == (made.company_id, owner.id, "grace")
    assert [group.name for group in company.permission_groups.values()] == ["Moderator", "Participant", "Spectator"]
    reply = await ada.authentication.authenticate(username_password_credentials=login)
    assert emulator.state.tokens.holder(reply.access_token).company_id == made.company_id


async def test_companies_create_for_oneself(ada, emulator):
    """`companyService/create`: without first user the caller is the owner."""
    made = await ada.companies.create(company=Company(display_name="Ost GmbH"))
    assert emulator.state.companies[made.company_id].profile.owner_id == ADA
    assert made.company_id in emulator.state.users[ADA].company_ids


async def test_companies_update(ada, emulator):
    """`companyService/update`: another name and more metadata; the rest stays."""
    emulator.state.companies[COMPANY].profile.metadata = {"floor": "1"}
    changes = Company(display_name="Nordlicht", metadata={"wing": "west"})
    await ada.companies.update(company=changes, company_id=COMPANY)
    profile = emulator.state.companies[COMPANY].profile
    assert (profile.display_name, profile.metadata) == ("Nordlicht", {"floor": "1", "wing": "west"})
    assert profile.owner_id == ADA
    with pytest.raises(NotFound):
        await ada.companies.update(company=changes, company_id="nowhere")


async def test_billing_information_update(ada, emulator):
    """`companyService/billingInformationUpdate`: customer number and plan."""
    await ada.companies.billing_information_update(customer_id="K-1", plan_id="large")
    profile = emulator.state.companies[COMPANY].profile
    assert (profile.customer_id, profile.plan_id) == ("K-1", "large")


async def test_companies_destroy(ada, emulator):
    """`companyService/destroy`: the other company is gone, and no way leads there."""
    tracked = (await ada.companies.destroy(company_id=OTHER_COMPANY)).tracking_info
    assert tracked.task_id
    assert emulator.state.companies.keys() == {COMPANY}
    assert emulator.state.users[ADA].company_ids == [COMPANY]
    login = UsernamePasswordCredentials(
        username=emulator.username, password=emulator.password, company_id=OTHER_COMPANY
    )
    with pytest.raises(AuthenticationError):
        await ada.authentication.authenticate(username_password_credentials=login)


async def test_companies_destroy_their_own(alfaview, emulator):
    """`companyService/destroy`: with its API key, and the token that asked for it."""
    await alfaview.companies.destroy(company_id=COMPANY)
    assert emulator.state.api_keys == {}
    with pytest.raises(AuthenticationError):
        await alfaview.rooms.list()


async def test_business_companies_create(ada, emulator, founded):
    """`businessLogicService/companies/create`: with first user, room and mail, as a task."""
    reply = await ada.business.companies_create(
        company_name="West GmbH", user=GRACE, user_permissions={"9": True}, room=Room(display_name="Foyer"), plan_id="p"
    )
    assert reply.tracking_info.task_id
    company, owner = founded()
    assert (company.profile.display_name, company.profile.plan_id) == ("West GmbH", "p")
    assert [room.display_name for room in company.rooms.values()] == ["Foyer"]
    assert owner.permissions["9"]
    assert [mail.to for mail in emulator.outbox] == ["grace@example.org"]


async def test_business_companies_signup(ada, emulator, founded):
    """`businessLogicService/companies/signup`: a company whose owner logs in with the token of the mail."""
    consent = {"agreed_to_terms": True, "agreed_to_privacy_policy": True}
    await ada.business.companies_signup(company="Süd GmbH", user=GRACE, **consent)
    company, owner = founded()
    credentials = ActivationTokenCredentials(activation_token=emulator.outbox[0].token)
    reply = await ada.authentication.authenticate(activation_token_credentials=credentials)
    assert (reply.user_id, reply.company_id, company.profile.owner_id) == (owner.id, company.id, owner.id)
    with pytest.raises(InvalidArgument, match="agreed"):
        await ada.business.companies_signup(company="Ost", user=User(email="x@example.org"))


async def test_business_companies_destroy(ada, emulator):
    """`businessLogicService/companies/destroy`: gone, and only that one."""
    reply = await ada.business.companies_destroy(company_id=OTHER_COMPANY)
    assert reply.tracking_info.task_id
    assert emulator.state.companies.keys() == {COMPANY}
    with pytest.raises(NotFound):
        await ada.business.companies_destroy(company_id=OTHER_COMPANY)
