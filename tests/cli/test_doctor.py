"""`alfactl doctor`: what is wrong is named, and only that."""

import json

import pytest
from alfactl import COMPANY, Person


def results(done):
    return [(row["check"], row["result"]) for row in json.loads(done.stdout)]


def test_all_is_well(newcomer):
    """Five checks, each ok; exit code 0."""
    newcomer.log_in()
    done = newcomer.run("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert results(done) == [(check, "ok") for check in ("configuration", "store", "server", "clock", "login")]


def test_secrets_and_typing_errors_in_files(newcomer):
    """A secret fails, wherever it stands; an unknown name is a warning, with what was probably meant."""
    newcomer.log_in()
    text = newcomer.config.read_text()
    newcomer.config.write_text(f'{text}clientSecret = "hunter2"\ntimezon = "UTC"\n[columns]\npassword = ["Kennwort"]\n')
    (newcomer.home / "alfaview.toml").write_text('code = "hunter2"\nrole = "Participant"\n')
    done = newcomer.run("doctor", "--json")
    assert done.returncode == 1
    found = [row for row in json.loads(done.stdout) if row["check"] == "configuration"]
    assert [row["result"] for row in found] == ["failed", "failed", "warning"]
    assert '"profile.default.clientSecret"' in found[0]["detail"]
    assert '"code"' in found[1]["detail"]
    assert '"profile.default.timezon"' in found[2]["detail"]
    assert "timezone?" in found[2]["detail"]
    assert "hunter2" not in done.stdout + done.stderr


def test_a_file_that_cannot_be_read(newcomer):
    """Nothing else can be known then."""
    newcomer.config.parent.mkdir(parents=True)
    newcomer.config.write_text("profile = [")
    done = newcomer.run("doctor", "--json")
    assert (done.returncode, results(done)) == (1, [("configuration", "failed")])


def test_tokens_that_others_may_read(newcomer):
    """The directory of the file store, with its mode."""
    newcomer.log_in()
    (newcomer.config.parent / "tokens").chmod(0o755)
    done = newcomer.run("doctor", "--json")
    assert done.returncode == 1
    (row,) = (row for row in json.loads(done.stdout) if row["check"] == "configuration")
    assert (row["result"], "0755" in row["detail"]) == ("failed", True)


def test_no_keyring_and_no_login(newcomer):
    """Both are said, each with what to do; the server is fine."""
    done = newcomer.run("doctor", "--json", "--lang", "de")
    assert done.returncode == 1
    rows = {row["check"]: row for row in json.loads(done.stdout)}
    assert (rows["store"]["result"], rows["server"]["result"], rows["login"]["result"]) == ("failed", "ok", "failed")
    assert "--store file" in rows["store"]["detail"]
    assert "weiter: alfactl login" in rows["login"]["detail"]


def test_a_login_that_ended(newcomer, emulator):
    """Though it is stored, the server does not take it."""
    newcomer.log_in()
    emulator.expire_tokens(refresh=True)
    done = newcomer.run("doctor", "--json")
    assert done.returncode == 1
    assert results(done)[-1] == ("login", "failed")


def test_no_server_and_a_proxy(newcomer):
    """The login is not asked for where nobody answers; a proxy that is not used is a warning."""
    gone = "http://127.0.0.1:9/json/v1/"
    done = newcomer.run("doctor", "--json", "--base-url", gone, HTTPS_PROXY="http://proxy.example:3128")
    assert done.returncode == 1
    assert results(done)[-2:] == [("server", "failed"), ("proxy", "warning")]


def test_a_clock_that_is_off(tmp_path, clock_server):
    """Seconds ahead or behind, by the server's date; only a warning, as the library makes up for it."""
    newcomer = Person(tmp_path, clock_server)
    key = {"ALFAVIEW_CLIENT_ID": "a", "ALFAVIEW_CODE": "b", "ALFAVIEW_COMPANY_ID": COMPANY}
    rows = {row["check"]: row for row in json.loads(newcomer.run("doctor", "--json", **key).stdout)}
    assert (rows["server"]["result"], rows["clock"]["result"]) == ("ok", "warning")
    assert "NTP" in rows["clock"]["detail"]


@pytest.fixture
def clock_server():
    """A server that answers 404, with a date long ago."""
    from http.server import BaseHTTPRequestHandler, HTTPServer  # noqa: PLC0415 - one test needs it
    from threading import Thread  # noqa: PLC0415 - likewise

    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            self.send_response_only(404)
            self.send_header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _answer  # noqa: N815 - the names that the base class looks for

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/json/v1/"
    server.shutdown()
    thread.join()
    server.server_close()
