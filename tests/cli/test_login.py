"""`alfactl login` and `logout`: the store is tried first, only a login the server has accepted is kept."""

import json
import stat
import tomllib

import pytest
from alfactl import COMPANY, SECOND_COMPANY, Person
from secret_service import secret_service

pytest_plugins = ["redis_server"]


def kept_files(newcomer):
    return {path: path.read_bytes() for path in newcomer.home.rglob("*") if path.is_file()}


def test_a_login_is_kept_in_files(newcomer):
    """Says who, where and how long; remembers company, store and identity; nobody else can read any of it."""
    key = ("--client-id", "demo", "--company", COMPANY, "--store", "file", "--secret-stdin")
    done = newcomer.run("login", *key, stdin="demo-secret\n")
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert lines[0] == f'✓ Logged in to Nordlicht Akademie ({COMPANY}) as API key "demo"'
    assert lines[1] == f"! Stored as a plain file readable only by you: {newcomer.config.parent / 'tokens'} (0600)"
    assert lines[2].startswith("  access until 20")
    assert lines[3] == "Next: alfactl room list"
    assert tomllib.loads(newcomer.config.read_text()) == {
        "profile": {"default": {"company": COMPANY, "store": "file", "identity": "key:demo"}}
    }
    for path in kept_files(newcomer):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700, path
    assert "Seminar A" in newcomer.run("room", "list").stdout


def test_the_secret_itself_is_kept_nowhere(newcomer):
    """What lies on the disk is a refresh token, not the code of the key."""
    newcomer.log_in()
    assert kept_files(newcomer)
    assert not [path for path, data in kept_files(newcomer).items() if b"demo-secret" in data]


def test_json_tells_the_same(newcomer):
    """One record on stdout, the words for people on stderr."""
    key = ("--client-id", "demo", "--company", COMPANY, "--store", "file", "--secret-stdin")
    done = newcomer.run("login", *key, "--json", "-q", stdin="demo-secret")
    record = json.loads(done.stdout)
    expires_at = record.pop("access_expires_at")
    assert expires_at.endswith("Z")
    assert record == {
        "profile": "default",
        "company": COMPANY,
        "company_name": "Nordlicht Akademie",
        "identity": "key:demo",
        "store": "file",
    }
    assert done.stderr == ""


def test_what_people_wrote_into_the_file_survives(newcomer):
    """Comments, order and other profiles stay as they are."""
    newcomer.config.parent.mkdir(parents=True)
    theirs = '# my settings\ndefault_profile = "work"  # not home\n\n[profile.work]\ntimezone = "Europe/Vienna" # AT\n'
    rest = '\n[columns]\nemail = ["Kontakt-Mail"] # of HR\n'
    newcomer.config.write_text(theirs + rest)
    newcomer.log_in()
    text = newcomer.config.read_text()
    assert text.startswith(theirs)
    assert rest in text
    parsed = tomllib.loads(text)
    assert parsed["profile"]["work"] == {
        "timezone": "Europe/Vienna",
        "company": COMPANY,
        "store": "file",
        "identity": "key:demo",
    }


def test_a_login_is_always_made_anew(newcomer, emulator):
    """Though one is stored that looks good, the server is asked; and the new one takes its place."""
    newcomer.log_in()
    emulator.expire_tokens(refresh=True)
    assert newcomer.run("room", "list").returncode == 4
    newcomer.log_in()
    assert newcomer.run("room", "list").returncode == 0


def test_a_refused_login_changes_nothing(newcomer):
    """The old login is still good."""
    newcomer.log_in()
    before = newcomer.config.read_text()
    refused = newcomer.run("login", "--client-id", "demo", "--store", "file", "--secret-stdin", stdin="wrong")
    assert refused.returncode == 4
    assert newcomer.config.read_text() == before
    assert newcomer.run("room", "list").returncode == 0


def test_a_user_enters_the_company_that_the_server_chooses(newcomer):
    """A user needs no company id; what the server entered is remembered."""
    user = ("--username", "ada@example.org", "--store", "file", "--secret-stdin")
    done = newcomer.run("login", *user, stdin="demo-password\n")
    assert done.returncode == 0, done.stderr
    assert 'as user "ada@example.org"' in done.stderr
    kept = tomllib.loads(newcomer.config.read_text())["profile"]["default"]
    assert (kept["company"], kept["identity"]) == (COMPANY, "user:ada@example.org")


def test_a_store_in_memory_says_what_it_is_worth(newcomer):
    """The login is made and proven, and gone."""
    key = ("--client-id", "demo", "--company", COMPANY, "--store", "memory", "--secret-stdin")
    done = newcomer.run("login", *key, stdin="demo-secret")
    assert done.returncode == 0
    assert "! Stored nowhere: it was good for this run only" in done.stderr
    assert newcomer.run("room", "list").returncode == 4


def test_the_server_is_remembered_where_it_was_named(tmp_path, emulator):
    """A profile for another server needs no more options."""
    newcomer = Person(tmp_path)
    newcomer.log_in("--profile", "stage", "--base-url", emulator.base_url)
    assert tomllib.loads(newcomer.config.read_text())["profile"]["stage"]["base_url"] == emulator.base_url
    assert "Seminar A" in newcomer.run("room", "list", "--profile", "stage").stdout


def test_a_dry_run_logs_nobody_in(newcomer, emulator):
    """Nothing is asked of the server, nothing is written."""
    key = ("--client-id", "demo", "--company", COMPANY, "--store", "file", "--secret-stdin", "--dry-run")
    done = newcomer.run("login", *key, stdin="demo-secret")
    assert (done.returncode, done.stdout) == (0, "")
    assert 'log in as API key "demo"' in done.stderr
    assert len(emulator.requests) == 0
    assert not newcomer.config.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "end"),
    [
        (["--client-id", "a", "--user"], "usage", 2),
        (["--emulator"], "emulator-needs-no-login", 2),
        (["--store", "file"], "needs-answer", 3),
        (["--store", "file", "--client-id", "a", "--company", "c"], "needs-secret", 3),
        (["--store", "redis", "--client-id", "a"], "redis-url-required", 2),
        (["--store", "file", "--username", "a"], "needs-secret", 3),
    ],
)
def test_what_is_missing_is_said_without_a_terminal(newcomer, arguments, code, end):
    """Nobody is asked, stdin is not read, and the next step is named."""
    done = newcomer.run("login", *arguments, "--json")
    assert done.returncode == end, done.stderr
    error = json.loads(done.stderr)
    assert (error["code"], done.stdout) == (code, "")
    assert error["next"]


def test_an_empty_secret_is_not_sent(newcomer, emulator):
    """A variable that was not set makes an empty line."""
    key = ("--client-id", "demo", "--company", COMPANY, "--store", "file", "--secret-stdin")
    done = newcomer.run("login", *key, stdin="\n")
    assert done.returncode == 2
    assert done.stderr.startswith("error[empty-secret]")
    assert len(emulator.requests) == 0


def test_logout_forgets_the_login_in_all_its_companies(newcomer):
    """Also that of a company entered on the way; a second logout is no mistake."""
    newcomer.log_in_as_user()
    assert "Aula" in newcomer.run("room", "list", "--company", SECOND_COMPANY).stdout
    done = newcomer.run("logout")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", '✓ Logged out of profile "default"\n')
    for company in (COMPANY, SECOND_COMPANY):
        assert newcomer.run("room", "list", "--company", company).returncode == 4
    again = newcomer.run("logout")
    assert (again.returncode, again.stderr) == (0, 'profile "default" was not logged in\n')


def test_logout_of_all_profiles(newcomer):
    """One profile's logout leaves the others alone; --all leaves none."""
    newcomer.log_in()
    newcomer.log_in("--profile", "second")
    assert newcomer.run("logout", "--profile", "second").returncode == 0
    assert newcomer.run("room", "list").returncode == 0
    newcomer.log_in("--profile", "second")
    assert newcomer.run("logout", "--all").returncode == 0
    assert [newcomer.run("room", "list", "--profile", name).returncode for name in ("default", "second")] == [4, 4]


def test_logout_goes_on_after_a_store_that_fails(newcomer):
    """Each profile is told; the first failure is the exit code; where nobody logged in no keyring is missed."""
    newcomer.log_in("--profile", "b")
    newcomer.log_in("--profile", "d")
    text = newcomer.config.read_text()
    newcomer.config.write_text(f'{text}[profile.a]\nstore = "redis"\n[profile.c]\nstore = "drawer"\n')
    done = newcomer.run("logout", "--all")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        '! Profile "a" could not be logged out: the store "redis" needs the address of the server',
        '✓ Logged out of profile "b"',
        "! Profile \"c\" could not be logged out: there is no store 'drawer'",
        '✓ Logged out of profile "d"',
        'profile "default" was not logged in',
        'error[redis-url-required]: the store "redis" needs the address of the server',
        "  next: set ALFAVIEW_REDIS_URL, e.g. redis://localhost:6379/0",
    ]
    assert [newcomer.run("room", "list", "--profile", name).returncode for name in ("b", "d")] == [4, 4]


def test_the_keyring_of_the_desktop(tmp_path, emulator):
    """By default the login lies sealed in the keyring, and in no file of ours."""
    with secret_service(tmp_path) as service:
        newcomer = Person(tmp_path, emulator.base_url, **service.environment)
        key = ("--client-id", "demo", "--company", COMPANY, "--secret-stdin")
        done = newcomer.run("login", *key, stdin="demo-secret")
        assert done.returncode == 0, done.stderr
        assert '  stored in    keyring of this machine (profile "default")' in done.stderr
        assert "Seminar A" in newcomer.run("room", "list").stdout
        tokens = [text for text in service.entries("alfaview_async").values() if b"refresh_token" in text]
        refresh_token = json.loads(tokens[0])["token"]["refresh_token"].encode()
        assert not [path for path, data in service.files().items() if refresh_token in data]
        service.lock()
        locked = newcomer.run("room", "list")
        assert (locked.returncode, locked.stderr.splitlines()[0][:22]) == (4, "error[keyring-locked]:")


def test_a_store_for_several_hosts(tmp_path, emulator, redis_server):
    """In Redis, whose address comes from the environment and goes into no file."""
    newcomer = Person(tmp_path, emulator.base_url, ALFAVIEW_REDIS_URL=redis_server.url)
    key = ("--client-id", "demo", "--company", COMPANY, "--store", "redis", "--secret-stdin")
    done = newcomer.run("login", *key, stdin="demo-secret")
    assert done.returncode == 0, done.stderr
    assert '  stored in    Redis (profile "default")' in done.stderr
    assert "redis://" not in newcomer.config.read_text()
    assert newcomer.run("room", "list").returncode == 0
