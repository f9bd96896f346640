"""What goes wrong between us and Invitario, over real connections."""

import asyncio

import pytest
from aiohttp import web

from alfaview_async import errors
from alfaview_async.retry import RetryPolicy

ALL = "guest/list/all"
ONE_TRY = RetryPolicy(attempts=1)


async def lose(request, handler):
    """Carry out, and hang up instead of answering."""
    response = await handler(request)
    request.transport.abort()
    return response


async def hang_up(request, _handler):
    request.transport.abort()
    return web.Response()


async def cut(request, handler):
    """Answer with the first half."""
    response = await handler(request)
    return web.Response(body=response.body[: len(response.body) // 2], content_type="application/json")


async def page(_request, _handler):
    return web.Response(status=500, text="<html><h1>Whoops</h1></html>", content_type="text/html")


async def maintenance(_request, _handler):
    return web.json_response({"message": "down for maintenance"}, status=503, headers={"Retry-After": "0"})


async def overloaded(_request, _handler):
    body = {"status": "error", "errors": [{"code": 5000, "message": "database busy"}]}
    return web.json_response(body, status=503)


async def nothing(_request, _handler):
    return web.json_response({})


PASSING = [lose, hang_up, cut, page, maintenance, overloaded, nothing]


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("path", ["login", ALL])
async def test_passing_faults_are_outlived(station, path, fault):
    """All calls are reads: twice disturbed, the third attempt brings the whole list."""
    station.disturb(path, fault, fault)
    async with station.reader() as invitario:
        assert len(await invitario.guests()) == 21
    assert station.sent[path] == 3


@pytest.mark.parametrize("fault", PASSING)
async def test_a_disturbed_logout_is_repeated(station, fault, caplog):
    """Nobody stays logged in, and a logout that was carried out unheard is no cause for a warning."""
    station.disturb("logout", fault)
    async with station.reader() as invitario:
        await invitario.guests()
    assert (station.sent["logout"], station.state.logged_in()) == (2, 0)
    assert [record for record in caplog.records if record.name == "alfaview_async"] == []


LASTING = {
    lose: errors.TransportError,
    hang_up: errors.TransportError,
    cut: errors.BadReply,
    page: errors.BadReply,
    maintenance: errors.Unavailable,
    overloaded: errors.Unavailable,
    nothing: errors.BadReply,
}


@pytest.mark.parametrize(("fault", "kind"), LASTING.items())
async def test_lasting_faults_end_as_errors_of_ours(station, fault, kind):
    """After four attempts; and the reader works again when Invitario does."""
    station.disturb(ALL, *[fault] * 4)
    async with station.reader() as invitario:
        with pytest.raises(kind) as caught:
            await invitario.guests()
        assert caught.value.operation == "api/v1/guest/list/all"
        assert station.sent[ALL] == 4
        assert len(await invitario.guests()) == 21


async def test_a_login_whose_answer_was_lost_leaves_a_session_that_nobody_can_end(station):
    """The next login works, as long as there is a place for it; the lost one ends by itself."""
    station.disturb("login", lose)
    async with station.reader() as invitario:
        await invitario.guests()
    assert station.state.logged_in() == 1
    station.state.clock.advance(hours=24)
    assert station.state.logged_in() == 0


async def test_a_redirect_is_not_followed(station):
    """The App Code would go along."""

    async def elsewhere(_request, _handler):
        raise web.HTTPTemporaryRedirect("http://127.0.0.1:1/")

    station.disturb("login", elsewhere)
    async with station.reader() as invitario:
        with pytest.raises(errors.RedirectRefused, match="check the base URL"):
            await invitario.guests()
    assert station.sent["login"] == 1


async def test_a_success_with_an_http_error_is_none(station):
    """Body first, HTTP status second: both must say yes."""

    async def contradict(request, handler):
        response = await handler(request)
        response.set_status(403)
        return response

    station.disturb(ALL, contradict)
    async with station.reader() as invitario:
        with pytest.raises(errors.PermissionDenied):
            await invitario.guests()


async def test_a_wrong_address_is_told_from_a_refusal(station):
    """Some other page answers: the error names the HTTP status and what came."""
    async with station.reader(base_url=f"{station.base_url}/elsewhere/", retry=ONE_TRY) as invitario:
        with pytest.raises(errors.BadReply, match=r"HTTP 404, text/plain.*404: Not Found"):
            await invitario.guests()


async def test_nobody_listens(station, unused_tcp_port):
    """Nothing was sent, and nothing is there to log out from."""
    async with station.reader(base_url=f"http://127.0.0.1:{unused_tcp_port}", retry=ONE_TRY) as invitario:
        with pytest.raises(errors.NotSent):
            await invitario.guests()


async def test_silence_ends_with_the_deadline(station):
    """A held answer costs as long as `timeout` says."""
    released = asyncio.Event()

    async def stay_silent(_request, _handler):
        await released.wait()
        return web.Response()

    station.disturb(ALL, stay_silent)
    async with station.reader(timeout=0.1, retry=ONE_TRY) as invitario:
        with pytest.raises(errors.RequestTimeout):
            await invitario.guests()
    released.set()


async def test_a_mounted_invitario(station):
    """The base URL may have a path, with or without a slash at its end."""
    app = web.Application()
    app.add_routes(station.emulator.routes("/invitario/"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/invitario"
    for base_url in (address, f"{address}/"):
        async with station.reader(base_url=base_url) as invitario:
            assert len(await invitario.guests()) == 21
    await runner.cleanup()
