"""Join links: what people paste is read, what is damaged beyond repair or foreign is refused, and no key leaks."""

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import example, given
from hypothesis import strategies as st

from alfaview_async.errors import JoinLinkError
from alfaview_async.joining import JoinLink

COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
ROOM = "5726d492-6eb2-5f59-9ee8-203181250dc4"
KEY = "rgOUSiy2pFWkRFNfnkXuJRVXcD72Go0b"
URL = f"https://app.alfaview.com/#/join/{COMPANY}/{ROOM}/{KEY}/v2"
LINK = JoinLink(company_id=COMPANY, room_id=ROOM, access_key=KEY)
AS_PRINTED = """
https://app.alfaview.com/#/join/01EZYCFW9MJ10P15YJ63NZ8S47/5726d492-6eb2-
5f59-9ee8-203181250dc4/rgOUSiy2pFWkRFNfnkXuJRVXcD72Go0b/v2
"""
USER_ID = "0b8a7a3c-3c4e-4c0e-9a52-7d7f6f1c2e11"

ids = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)
hosts = st.from_regex(r"([a-z0-9]{1,9}\.){1,2}alfaview\.com", fullmatch=True)
PIECES = [
    "https://",
    "app.alfaview.com",
    "@",
    ":443",
    "/#/join/",
    "#",
    "/",
    "v2",
    "?",
    "%ff",
    "%2F",
    "\\",
    "\x02",
    "\ud800",
]
links = st.builds(JoinLink, company_id=ids, room_id=ids, access_key=ids, host=hosts)


def refusal(text: str) -> str:
    with pytest.raises(JoinLinkError) as caught:
        JoinLink.parse(text)
    return str(caught.value)


def test_handbook_generate_join_url_from_group_link_extracts_the_three_parts() -> None:
    """The handbook's sample, wrapped as printed, yields the values the handbook extracts."""
    link = JoinLink.parse(AS_PRINTED)

    assert (link.company_id, link.room_id, link.access_key) == (COMPANY, ROOM, KEY)
    assert link.host == "app.alfaview.com"


def test_handbook_generate_join_url_from_group_link_writes_the_documented_format() -> None:
    """`url` is the handbook's sample, letter for letter."""
    assert LINK.url == URL


def test_handbook_create_guest_links_sample_with_a_control_character_is_read() -> None:
    """The public page's sample holds U+0002 where a hyphen was lost: it is dropped, and no hyphen is made up."""
    link = JoinLink.parse(
        "https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/4173dafb-5cde\x025c85-95a3-20ebdf43698a/"
        "PHLlurwVkiY91KAlXVc8WtNsKBoRwStK/v2"
    )

    assert link.room_id == "4173dafb-5cde5c85-95a3-20ebdf43698a"
    assert link.access_key == "PHLlurwVkiY91KAlXVc8WtNsKBoRwStK"


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(f" \t\r\n{URL}\n ", id="white space around"),
        pytest.param(f"<{URL}>", id="angle brackets"),
        pytest.param(f'"{URL}"', id="quotes"),
        pytest.param(f"\u201e{URL}\u201c", id="German quotes"),
        pytest.param(f"({URL}).", id="brackets and full stop"),
        pytest.param(f"{URL},", id="comma"),
        pytest.param(f"{URL}/>", id="slash and bracket"),
        pytest.param(URL.replace("5f59", "\n5f59"), id="line break"),
        pytest.param(URL.replace("5f59", " \r\n\t 5f59"), id="line break and indent"),
        pytest.param("> " + URL.replace("5f59", "\n> > 5f59"), id="quoted mail"),
        pytest.param(URL.replace("join", "jo in").replace("Go0b", "Go\u00a00b"), id="spaces inside"),
        pytest.param(URL.replace("Go0b", "\x02Go\x000b"), id="control characters"),
        pytest.param("\ufeff" + URL.replace("/", "/\u200b").replace("6eb2", "6e\u2060b2"), id="zero-width characters"),
        pytest.param(URL.replace("alfaview", "alfa\u00adview").replace("Go0b", "Go\u00ad0b"), id="soft hyphens"),
        pytest.param(URL.replace("-", "\u2010"), id="hyphen U+2010"),
        pytest.param(URL.replace("-", "\u2011"), id="non-breaking hyphen"),
        pytest.param(URL.removeprefix("https://"), id="no scheme"),
        pytest.param(URL.removeprefix("https:"), id="scheme-relative"),
        pytest.param(URL.replace("https", "HTTP"), id="other scheme, other case"),
        pytest.param(URL.replace("app.alfaview.com", "App.Alfaview.COM"), id="host in another case"),
        pytest.param(URL.replace(".com/", ".com:443/"), id="the port of https"),
        pytest.param(URL + "/", id="trailing slash"),
        pytest.param(URL.replace("#/join", "#join"), id="no slash before join"),
        pytest.param(URL.replace("/#", "#"), id="no slash before the fragment"),
        pytest.param(URL.replace("-", "%2D").replace("Go0b", "%47o0b"), id="percent-encoded parts"),
        pytest.param(URL + "?utm_source=mail&amp;utm_id=7", id="tracker in the fragment"),
        pytest.param(URL + "/&utm_source=mail#top", id="tracker without question mark"),
        pytest.param(URL.replace("/#", "/?utm_source=mail&amp;x=1#"), id="tracker before the fragment"),
    ],
)
def test_damage_done_by_mail_pdf_and_chat_is_healed(damaged: str) -> None:
    """Each kind of damage leads back to the very same link."""
    assert JoinLink.parse(damaged) == LINK


@pytest.mark.parametrize("company", ["hochschule-furtwangen-furtwangen-university", "A1B2C3D4E5F6G7H8I9J0", "Größe"])
def test_ids_need_no_form_and_keep_their_case(company: str) -> None:
    """Slugs of older companies, and anything else, are ids too."""
    assert JoinLink.parse(URL.replace(COMPANY, company)).company_id == company


def test_a_vanity_host_is_kept() -> None:
    """Companies may have a host of their own below alfaview.com."""
    link = JoinLink.parse(URL.replace("app.", "academy.eu."))

    assert link.host == "academy.eu.alfaview.com"
    assert link.url.startswith("https://academy.eu.alfaview.com/#/join/")


@pytest.mark.parametrize(
    ("authority", "named"),
    [
        ("app.alfaview.com.evil.example", "'app.alfaview.com.evil.example'"),
        ("evil-alfaview.com", "'evil-alfaview.com'"),
        ("alfaview.com", "'alfaview.com'"),
        ("app.alfaview.com@evil.example", "'evil.example'"),
        ("evil.example@app.alfaview.com", "'app.alfaview.com'"),
        ("app.alfaview.com:secret@evil.example", "'evil.example'"),
        (r"evil.example\.alfaview.com", r"'evil.example\\.alfaview.com'"),
        (r"app.alfaview.com\@evil.example", "'evil.example'"),
        ("evil.example%2f.alfaview.com", "'evil.example%2f.alfaview.com'"),
        ("evil.example?.alfaview.com", "'evil.example'"),
        ("evil.example/.alfaview.com", None),
        ("app.alfaview.com:8443", "'app.alfaview.com:8443'"),
        ("app.alfaview.com:443:443", "'app.alfaview.com:443'"),
        ("\u0430pp.alfaview.com.evil.example", r"'\u0430pp.alfaview.com.evil.example'"),
        ("app.\u0430lfaview.com", r"'app.\u0430lfaview.com'"),
        ("wor\u212a.alfaview.com", r"'wor\u212a.alfaview.com'"),
        ("app\uff0ealfaview.com", r"'app\uff0ealfaview.com'"),
        ("app.alfaview.com\u3002evil.example", r"'app.alfaview.com\u3002evil.example'"),
        ("127.0.0.1", "'127.0.0.1'"),
        ("[::1]", "'[::1]'"),
        ("", "''"),
    ],
)
def test_a_foreign_host_is_refused_and_named(authority: str, named: str | None) -> None:
    """Look-alikes never pass; the message spells the host in ASCII, without user name or password."""
    message = refusal(URL.replace("app.alfaview.com", authority))

    assert named is None or f"this one's is {named}:" in message
    assert "secret" not in message
    assert KEY not in message


def test_a_foreign_host_is_reported_before_anything_else() -> None:
    """Who is sent to a look-alike by a legacy link is told of the look-alike."""
    assert "'evil.example'" in refusal(f"https://evil.example/#/join/{COMPANY}/{ROOM}/{USER_ID}")


@pytest.mark.parametrize("user_id", [USER_ID, USER_ID.upper(), USER_ID.replace("-", "", 1)])
def test_a_legacy_link_is_recognised_and_its_user_id_never_taken_for_a_key(user_id: str) -> None:
    """Links from before guestService.v2 lack `/v2` and end in a user id."""
    message = refusal(f"https://app.alfaview.com/#/join/my-school/{ROOM}/{user_id}")

    assert "legacy link" in message
    assert "ask for a new one" in message
    assert user_id not in message


def test_a_uuid_as_access_key_is_a_key_if_the_link_ends_in_v2() -> None:
    """The end decides, not the look of the key."""
    assert JoinLink.parse(URL.replace(KEY, USER_ID)).access_key == USER_ID


@pytest.mark.parametrize("end", ["", "/", "/v", f"/v2 {KEY}", "/v2 is your link", "/v3", "/V2"])
def test_a_link_without_its_end_is_refused(end: str) -> None:
    """A cut-off link may have a cut-off key: it is never used."""
    message = refusal(URL.removesuffix("/v2") + end)

    assert "/v2, is missing" in message
    assert KEY not in message


@pytest.mark.parametrize("parts", [f"{ROOM}/{KEY}/v2", f"{COMPANY}/{ROOM}/v2", f"a/{COMPANY}/{ROOM}/{KEY}/v2", "v2"])
def test_a_link_with_a_part_too_few_or_too_many_is_refused(parts: str) -> None:
    """Which part is which cannot be guessed."""
    message = refusal(f"https://app.alfaview.com/#/join/{parts}")

    assert "too few or too many parts" in message
    assert KEY not in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (URL.replace(COMPANY, ""), "the company id is empty"),
        (URL.replace(ROOM, "%0D%0A"), "the room id is empty or holds control characters"),
        (URL.replace(KEY, KEY + "%00"), "the access key is empty or holds control characters"),
        (URL.replace(KEY, KEY + "\ud800"), "the access key is empty or holds control characters"),
        (URL.replace(KEY, KEY + "%ff"), "percent-encoding"),
        (URL.replace(KEY, KEY[:4] + "…"), "shortened or damaged"),
        (URL.replace(KEY, KEY + "<b>"), "shortened or damaged"),
        (URL.replace("5f59", ">5f59"), "shortened or damaged"),
        (URL.replace(KEY, KEY + "\\"), "shortened or damaged"),
        (f"{URL} {URL}", "/v2, is missing"),
        (f"Join here: {URL}", "no join link"),
        (KEY, "no join link"),
        ("", "no join link"),
        (URL.replace("/#/", "/"), "no join link"),
        (f"https://evil.example#.alfaview.com/#/join/{COMPANY}/{ROOM}/{KEY}/v2", "no join link"),
        ("https://app.alfaview.com/#/settings/", "no join link"),
    ],
)
def test_what_is_no_link_is_refused_with_its_reason_and_without_its_secret(text: str, reason: str) -> None:
    """The message says what is wrong and never repeats the key."""
    message = refusal(text)

    assert reason in message
    assert KEY not in message


def test_bytes_that_spell_no_text_do_not_ride_along_as_a_cause() -> None:
    """A chained UnicodeDecodeError would carry the decoded key."""
    with pytest.raises(JoinLinkError) as caught:
        JoinLink.parse(URL.replace(KEY, KEY + "%ff"))

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_access_key_shows_only_in_url() -> None:
    """Logging, formatting or printing a link never leaks it."""
    shown = [repr(LINK), str(LINK), f"{LINK}", f"{LINK!r}", f"{[LINK]}"]

    assert not any(KEY in text for text in shown)
    assert str(LINK) == f"https://app.alfaview.com/#/join/{COMPANY}/{ROOM}/…/v2"
    assert KEY in LINK.url


def test_a_masked_link_is_never_mistaken_for_the_real_one() -> None:
    """What `str()` wrote cannot be read back as a link with a wrong key."""
    assert "shortened" in refusal(str(LINK))


@pytest.mark.parametrize("name", ["company_id", "room_id", "access_key"])
@pytest.mark.parametrize("value", ["", "a\nb", "\x7f", "\udc80"])
def test_a_link_cannot_be_made_of_unusable_parts(name: str, value: str) -> None:
    """Empty parts, control characters and lone surrogates are refused at construction."""
    with pytest.raises(JoinLinkError, match=name.replace("_", " ")):
        evolve(LINK, **{name: value})


def test_a_link_cannot_be_made_for_a_foreign_host() -> None:
    """Nor can we write a link that leads elsewhere."""
    with pytest.raises(JoinLinkError, match=r"evil\.example"):
        JoinLink(company_id=COMPANY, room_id=ROOM, access_key=KEY, host="evil.example")


def test_a_link_cannot_be_changed() -> None:
    """Links are values."""
    with pytest.raises(FrozenInstanceError):
        LINK.host = "evil.example"  # type: ignore[misc]  # the assignment mypy forbids is what is tested


def test_parts_are_percent_encoded_so_that_none_can_break_out() -> None:
    """Slashes, question marks, fragments and dot segments stay inside their part."""
    link = JoinLink(company_id="..", room_id="a/b?c#d%2f", access_key="ä +")

    assert link.url == "https://app.alfaview.com/#/join/%2E%2E/a%2Fb%3Fc%23d%252f/%C3%A4%20%2B/v2"


@given(links)
@example(JoinLink(company_id="..", room_id="&amp;", access_key="\u2011\u00ad%2F"))
def test_parse_reads_back_what_url_wrote(link: JoinLink) -> None:
    """Any legal ids survive the way there and back."""
    assert JoinLink.parse(link.url) == link


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_parse_raises_nothing_but_join_link_errors(text: str) -> None:
    """Whatever is pasted, the answer is a link or a JoinLinkError."""
    try:
        link = JoinLink.parse(text)
    except JoinLinkError:
        return
    assert JoinLink.parse(link.url) == link


@given(before=st.text(max_size=6), after=st.text(max_size=6), at=st.integers(0, len(URL)))
def test_a_damaged_link_is_refused_or_read_without_leaking_its_key(before: str, after: str, at: int) -> None:
    """Text inserted anywhere: either a link comes out, or an error that does not tell the key."""
    try:
        link = JoinLink.parse(before + URL[:at] + after + URL[at:])
    except JoinLinkError as error:
        assert KEY not in repr(error)  # noqa: PT017 - both outcomes are right; the error's text is what is tested
    else:
        assert link.host.endswith(".alfaview.com")
