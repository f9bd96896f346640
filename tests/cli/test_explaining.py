"""The likeliest mistakes with login, keyring, company and network: what is printed, in both languages, and the code."""

import json
import socket

import pytest
from alfactl import COMPANY, SECOND_COMPANY, Person

LANGUAGES = pytest.mark.parametrize("lang", ["en", "de"])


@LANGUAGES
def test_not_logged_in(newcomer, lang):
    """Mistake 1."""
    done = newcomer.run("room", "list", "--lang", lang)
    assert (done.returncode, done.stdout) == (4, "")
    assert (
        done.stderr.splitlines()
        == {
            "en": [
                'error[not-logged-in]: no credentials for profile "default"',
                "  looked in: environment, keyring",
                "  next: alfactl login   or set ALFAVIEW_CLIENT_ID, ALFAVIEW_CODE, ALFAVIEW_COMPANY_ID",
            ],
            "de": [
                'error[not-logged-in]: keine Anmeldung für das Profil "default"',
                "  gesucht in: Umgebung, keyring",
                "  weiter: alfactl login   oder ALFAVIEW_CLIENT_ID, ALFAVIEW_CODE, ALFAVIEW_COMPANY_ID setzen",
            ],
        }[lang]
    )


@LANGUAGES
@pytest.mark.parametrize("way", ["login", "environment"])
def test_an_api_key_without_company(newcomer, lang, way):
    """Mistake 2, at the login and with a key in the environment; no secret is read before it."""
    if way == "login":
        done = newcomer.run("login", "--client-id", "demo", "--store", "file", "--secret-stdin", "--lang", lang)
    else:
        key = {"ALFAVIEW_CLIENT_ID": "demo", "ALFAVIEW_CODE": "demo-secret"}
        done = newcomer.run("room", "list", "--lang", lang, **key)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr.splitlines()
        == {
            "en": [
                "error[company-required]: an API key only works together with a company ID",
                "  find it at app.alfaview.com → Account management",
                "  next: alfactl login --company ID   or set ALFAVIEW_COMPANY_ID",
            ],
            "de": [
                "error[company-required]: ein API-Schlüssel gilt nur zusammen mit einer Firmen-ID",
                "  sie steht unter app.alfaview.com → Kontoverwaltung",
                "  weiter: alfactl login --company ID   oder ALFAVIEW_COMPANY_ID setzen",
            ],
        }[lang]
    )


@LANGUAGES
def test_a_wrong_alias_or_secret(newcomer, emulator, lang):
    """Mistake 3: names the alias, the status and the request for alfaview's support; the secret shows nowhere.

    A wrong company looks the same, so it is named too.
    """
    key = ("--client-id", "bot", "--company", COMPANY, "--store", "file", "--secret-stdin")
    done = newcomer.run("login", *key, "--lang", lang, stdin="hunter2")
    bot, once = 'API-Schlüssel "bot"', "ein Geheimnis wird nur einmal angezeigt, wenn der Schlüssel entsteht"
    request = list(emulator.requests)[-1].body["requestId"]
    assert (done.returncode, done.stdout) == (4, "")
    assert (
        done.stderr.splitlines()
        == {
            "en": [
                f'error[login-rejected]: alfaview refused API key "bot" (AUTHENTICATION_ERROR, request {request})',
                "  alias, secret and company belong together; a secret is shown once, when the key is made",
                f"  the company may be a wrong one: {COMPANY}  (--company)",
            ],
            "de": [
                f"error[login-rejected]: alfaview hat {bot} abgelehnt (AUTHENTICATION_ERROR, Anfrage {request})",
                f"  Alias, Geheimnis und Firma gehören zusammen; {once}",
                f"  vielleicht ist die Firma die falsche: {COMPANY}  (--company)",
            ],
        }[lang]
    )


def test_a_wrong_company_of_a_right_key(person):
    """Where it comes from is said; with a user who names no company, there is none to suspect."""
    wrong = person.run("room", "list", ALFAVIEW_COMPANY_ID=SECOND_COMPANY)
    assert wrong.returncode == 4
    assert wrong.stderr.endswith(f"  the company may be a wrong one: {SECOND_COMPANY}  (ALFAVIEW_COMPANY_ID)\n")


@LANGUAGES
def test_a_wrong_user_or_password(newcomer, lang):
    """Nobody with a password is told of aliases and secrets."""
    user = {"ALFAVIEW_USERNAME": "ada@example.org", "ALFAVIEW_PASSWORD": "hunter2"}
    done = newcomer.run("room", "list", "--lang", lang, **user)
    assert (done.returncode, done.stdout) == (4, "")
    first, *others = done.stderr.splitlines()
    assert "ada@example.org" in first
    assert "hunter2" not in first
    assert others == [
        {
            "en": "  user name and password belong together; try them at app.alfaview.com",
            "de": "  Nutzername und Passwort gehören zusammen; unter app.alfaview.com lassen sie sich probieren",
        }[lang]
    ]


def test_an_access_token_that_the_server_forgot(newcomer, emulator):
    """Neither secret nor company were sent, so neither is suspected; a login of a profile is made anew."""
    newcomer.log_in("--profile", "work")
    emulator.faults.add("roomService/list", do="error", status="AUTHENTICATION_ERROR")
    done = newcomer.run("room", "list", "--profile", "work")
    assert done.returncode == 4
    assert done.stderr.splitlines()[1:] == [
        "  the login was accepted, but its access token is not any more",
        "  next: alfactl login --profile work",
    ]


@LANGUAGES
def test_a_session_that_the_server_ended(newcomer, emulator, lang):
    """Mistake 4: names the profile, and the command that logs in to it again."""
    newcomer.log_in("--profile", "work")
    emulator.expire_tokens(refresh=True)
    done = newcomer.run("room", "list", "--profile", "work", "--lang", lang)
    assert (done.returncode, done.stdout) == (4, "")
    first, last = {
        "en": (
            'error[session-expired]: profile "work" was logged out by the server:',
            "  next: alfactl login --profile work",
        ),
        "de": (
            'error[session-expired]: das Profil "work" wurde vom Server abgemeldet: das Refresh-Token ist abgelaufen',
            "  weiter: alfactl login --profile work",
        ),
    }[lang]
    lines = done.stderr.splitlines()
    assert lines[0].startswith(first)
    assert lines[-1] == last


@LANGUAGES
def test_no_keyring(newcomer, lang):
    """Mistake 5: on a server, before any secret is read; three ways out."""
    done = newcomer.run("login", "--client-id", "demo", "--company", COMPANY, "--secret-stdin", "--lang", lang)
    assert (done.returncode, done.stdout) == (4, "")
    first, second = done.stderr.splitlines()
    beginning, choices = {
        "en": (
            "error[no-keyring]: no usable keyring here (SecretService: ",
            "  choose: --store file (0600) · --store memory (this run only) · environment variables",
        ),
        "de": (
            "error[no-keyring]: hier gibt es keinen brauchbaren Schlüsselbund (SecretService: ",
            "  zur Wahl stehen: --store file (0600) · --store memory (nur dieser Lauf) · Umgebungsvariablen",
        ),
    }[lang]
    assert first.startswith(beginning)
    assert "DBUS_SESSION_BUS_ADDRESS" in first
    assert second == choices
    assert not newcomer.config.exists()


@LANGUAGES
def test_the_wrong_company(newcomer, lang):
    """Mistake 6: how many companies there are; with --check, which one has the room, and how to get there."""
    newcomer.log_in_as_user()
    done = newcomer.run("room", "show", "Aula", "--lang", lang)
    assert (done.returncode, done.stdout) == (7, "")
    message, count, there, switch = {
        "en": (
            'error[room-not-found]: no room "Aula" in company Nordlicht Akademie',
            "  you have access to 2 companies",
            "  you have access to 2 companies; a room of that name exists in Südwind Institut",
            f"  next: alfactl company switch {SECOND_COMPANY}",
        ),
        "de": (
            'error[room-not-found]: kein Raum "Aula" in der Firma Nordlicht Akademie',
            "  Sie haben Zugang zu 2 Firmen",
            "  Sie haben Zugang zu 2 Firmen; einen Raum dieses Namens gibt es in Südwind Institut",
            f"  weiter: alfactl company switch {SECOND_COMPANY}",
        ),
    }[lang]
    assert done.stderr.splitlines()[:2] == [message, count]
    assert "--check" in done.stderr
    checked = newcomer.run("room", "show", "Aula", "--check", "--lang", lang)
    assert (checked.returncode, checked.stderr.splitlines()) == (7, [message, there, switch])
    assert newcomer.run(*switch.split("alfactl ")[1].split()).returncode == 0
    assert "Aula" in newcomer.run("room", "show", "Aula").stdout


@LANGUAGES
def test_nobody_answers(tmp_path, lang):
    """Mistake 15: names the host and the attempts, says that it is safe to try again, and that a proxy is not used."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]  # free again in a moment: nobody listens there
    newcomer = Person(tmp_path, f"http://127.0.0.1:{port}/json/v1/", HTTPS_PROXY="http://proxy.example:3128")
    key = {"ALFAVIEW_CLIENT_ID": "a", "ALFAVIEW_CODE": "b", "ALFAVIEW_COMPANY_ID": "c"}
    done = newcomer.run("room", "list", "--lang", lang, **key)
    assert (done.returncode, done.stdout) == (9, "")
    first, *rest = done.stderr.splitlines()
    beginning, following = {
        "en": (
            f"error[unreachable]: 127.0.0.1:{port} did not answer (attempts: ",
            [
                "  nothing was changed that is not reported; it is safe to run this again",
                "  a proxy is set (HTTPS_PROXY or ALL_PROXY), but alfactl connects directly",
                f"  next: alfactl doctor; the address is http://127.0.0.1:{port}/json/v1/ (ALFAVIEW_BASE_URL)",
            ],
        ),
        "de": (
            f"error[unreachable]: 127.0.0.1:{port} hat nicht geantwortet (Versuche: 1): 127.0.0.1:{port} ist nicht zu",
            [
                "  nichts wurde geändert, was nicht gemeldet ist; es kann gefahrlos wiederholt werden",
                "  ein Proxy ist gesetzt (HTTPS_PROXY oder ALL_PROXY), aber alfactl verbindet sich direkt",
                f"  weiter: alfactl doctor; die Adresse ist http://127.0.0.1:{port}/json/v1/ (ALFAVIEW_BASE_URL)",
            ],
        ),
    }[lang]
    assert first.startswith(beginning)
    assert rest == following


@pytest.mark.parametrize(("do", "end"), [("status", 9), ("error", 9), ("reset", 9), ("redirect", 1)])
def test_servers_that_fail(newcomer, emulator, do, end):
    """A gateway's page, an error of alfaview's and a torn connection are safe to repeat; a redirect is not followed."""
    newcomer.log_in()
    emulator.faults.add("roomService/list", do=do)
    done = newcomer.run("room", "list", "--json")
    assert (done.returncode, done.stdout) == (end, "")
    assert json.loads(done.stderr)["code"] == ("unreachable" if end == 9 else "bad-reply")


def test_a_company_that_the_login_does_not_get_into(newcomer):
    """An API key belongs to one company."""
    newcomer.log_in()
    done = newcomer.run("room", "list", "--company", SECOND_COMPANY, "--json")
    assert done.returncode == 7
    assert json.loads(done.stderr)["code"] == "company-closed"
    assert newcomer.run("room", "list").returncode == 0


def test_a_lost_answer_in_german(person, emulator):
    """Why nobody knows, and where to look: no sentence of it is English."""
    emulator.faults.add("createGuestLinks", do="timeout")
    guest = ("guest", "create", "Ada", "--room", "Seminar A", "--role", "Participant")
    done = person.run(*guest, "--timeout", "0.5", "--lang", "de")
    assert done.returncode == 10
    assert done.stderr.splitlines()[1].startswith("  niemand weiß, ob es geschehen ist (127.0.0.1:")
    assert "hat nicht innerhalb von 0.5 s geantwortet" in done.stderr


def test_a_file_that_is_not_there_in_german(newcomer):
    """The reason of the system stands in a German sentence."""
    done = newcomer.run("bulk", "validate", "nix.xlsx", "--lang", "de")
    assert done.returncode == 6
    assert done.stderr.startswith("error[file]: nix.xlsx lässt sich nicht verwenden: ")
