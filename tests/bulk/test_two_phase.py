"""Links first, mails after them: a mail goes out at most once, whatever fails; links too many are deleted before."""

import pytest
from gateway import page
from invitations import CREATE, LIST, addresses, destination, guests, linked, mailed, resumed, run, statuses

from alfaview_async import errors
from alfaview_async.bulk import GuestLinks, MailState, Mode, RowStatus, invite

MAIL = "guestService.v2/resendGuestLinkEmail"
TWO_PHASE = {"mode": Mode.TWO_PHASE}


def mails(results):
    return {result.recipient.email: result.mail for result in results}


async def test_links_come_first_and_mails_after_all_of_them(emulator, alfaview):
    """Not one mail before the last link; each guest has one link and one mail with it."""
    results = await run(destination(alfaview, chunk_size=5), guests(20), **TWO_PHASE)
    order = [request.path for request in emulator.requests if request.path in (CREATE, MAIL)]
    assert order == [CREATE] * 4 + [MAIL] * 20
    assert {(r.recipient.email, r.link_id, r.mail) for r in results} == {
        (mail.to, mail.link_id, MailState.SENT) for mail in emulator.outbox
    }
    assert mailed(emulator) == addresses(20) == linked(emulator)


@pytest.mark.parametrize("fault", ["apply-then-timeout", "apply-then-reset", "truncate", "timeout", "reset"])
async def test_a_mail_whose_answer_was_lost_is_not_repeated(emulator, hasty, journal, fault):
    """Sent or not: unknown, now and in later processes."""
    emulator.faults.add(MAIL, do=fault, on="3")
    results = await run(destination(hasty), guests(12), journal=journal, **TWO_PHASE)
    assert sorted(mails(results).values()) == [MailState.SENT] * 11 + [MailState.UNKNOWN]
    assert mails(await resumed(destination(hasty), journal)) == mails(results)
    assert emulator.requests.count(MAIL) == 12
    assert len(set(mailed(emulator))) == len(mailed(emulator)) == 11 + (fault not in {"timeout", "reset"})


async def test_a_mail_that_is_refused_is_not_repeated(emulator, hasty, journal):
    """The server said no: that guest has a link and no mail, now and in later processes."""
    emulator.faults.add(MAIL, do="error", on="3", status="INVALID_ARGUMENT")
    results = await run(destination(hasty), guests(8), journal=journal, **TWO_PHASE)
    (refused,) = [address for address, state in mails(results).items() if state is MailState.REFUSED]
    assert sorted([*mailed(emulator), refused]) == addresses(8)
    assert mails(await resumed(destination(hasty), journal)) == mails(results)
    assert emulator.requests.count(MAIL) == 8


async def test_a_quota_on_mails_stops_them_and_later_they_go_on(emulator, hasty, journal):
    """At most as many tries as are on their way at once; all who were not mailed are mailed by `resume`."""
    emulator.faults.add(MAIL, do="error", on="9-99", status="QUOTA_EXCEEDED")
    results = await run(destination(hasty), guests(40), journal=journal, **TWO_PHASE)
    assert emulator.requests.count(MAIL) == 16
    assert list(mails(results).values()).count(MailState.NONE) == 32
    emulator.faults.clear()
    results = await resumed(destination(hasty), journal)
    assert len(mailed(emulator)) == 40 == len(set(mailed(emulator)))
    assert list(mails(results).values()).count(MailState.SENT) == 40


async def test_mails_that_are_throttled_are_sent_after_the_wait(emulator, hasty):
    """Too many requests is not about the guest: all are mailed in the same run, each once."""
    emulator.faults.add(MAIL, do="error", on="3-6", status="RESOURCE_EXHAUSTED")
    results = await run(destination(hasty), guests(16), **TWO_PHASE)
    assert set(mails(results).values()) == {MailState.SENT}
    assert len(mailed(emulator)) == 16 == len(set(mailed(emulator)))


@pytest.mark.parametrize("fault", ["apply-then-reset", "reset", "partial"])
async def test_lost_creates_are_settled_before_the_mails(emulator, hasty, fault):
    """Everybody has one link and one mail in the end."""
    emulator.faults.add(CREATE, do=fault, on="2")
    results = await run(destination(hasty, chunk_size=5), guests(15), **TWO_PHASE)
    assert set(mails(results).values()) == {MailState.SENT}
    assert mailed(emulator) == addresses(15) == linked(emulator)


class Late:
    """A gateway that carries the first create out after its rows were sent again."""

    def __init__(self):
        self.held = None
        self.made = []

    async def create(self, body, ask):
        if self.held is None:
            self.held = body
            return page(502)
        answer = await ask(body)
        if body["guestLinkCreations"] == self.held["guestLinkCreations"]:
            self.made += (await ask(self.held))["guestLinks"]
        return answer


async def test_links_too_many_are_deleted_before_the_first_mail(emulator, gateway, bent):
    """The server broke the bound; since nobody was mailed yet, nobody notices."""
    late = Late()
    gateway.bent[CREATE] = late.create
    mails_at_deletion = []

    async def delete(body, ask):
        mails_at_deletion.append(len(emulator.outbox))
        return await ask(body)

    gateway.bent["guestService.v2/deleteLink"] = delete
    results = await run(destination(bent, chunk_size=3), guests(6), **TWO_PHASE)
    assert mails_at_deletion == [0, 0, 0]
    assert not {link["id"] for link in late.made} & {result.link_id for result in results}
    assert mailed(emulator) == addresses(6) == linked(emulator)


async def test_mails_go_out_although_nobody_can_look_for_links_too_many(emulator, gateway, bent):
    """Mails go to rows with a link only; the failure is raised after all results."""
    emulator.faults.add(CREATE, do="apply-then-reset", on="1")
    lists = []

    async def list_links(body, ask):
        lists.append(body)
        return await ask(body) if len(lists) <= 3 else page(500)  # before the run, and twice to look

    gateway.bent[LIST] = list_links
    results = []

    async def watch():
        async for result in invite(destination(bent), guests(3), **TWO_PHASE):
            results.append(result)  # noqa: PERF401 - what came before the error is the point

    with pytest.raises(errors.AlfaviewError):
        await watch()
    assert set(mails(results).values()) == {MailState.SENT}
    assert mailed(emulator) == addresses(3)


async def test_a_token_that_expires_among_the_mails(emulator, alfaview):
    """The server checks it before any work, so the mail is sent with the new one."""

    class Expiring(GuestLinks):
        async def mail(self, *args):
            emulator.expire_tokens()
            await super().mail(*args)

    there = Expiring(alfaview, room="Seminar A", role="Participant")
    results = await run(there, guests(10), **TWO_PHASE)
    assert set(statuses(results)) == {RowStatus.CREATED}
    assert len(set(mailed(emulator))) == len(mailed(emulator))


async def test_a_destination_without_mails_of_its_own_is_refused(emulator, alfaview):
    """Before anything is sent."""
    complete = GuestLinks(alfaview, room="Seminar A", role="Participant")

    class Mailless:
        def __getattr__(self, name):
            if name == "mail":
                raise AttributeError(name)
            return getattr(complete, name)

    with pytest.raises(errors.ConfigurationError, match="cannot mail an invitation by a call of its own"):
        await run(Mailless(), guests(1), **TWO_PHASE)
    assert emulator.requests.count(CREATE) == 0
