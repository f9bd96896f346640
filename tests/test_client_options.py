"""Launch URLs, whose token must survive every reader, and the desktop client's command line."""

import base64
from urllib.parse import quote

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from alfaview_async.errors import ConfigurationError, JoinLinkError
from alfaview_async.joining import ClientOptions, LaunchUrl

COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
ROOM = "5726d492-6eb2-5f59-9ee8-203181250dc4"
TOKEN = (
    "IRXPAVVc1nZC0u5+mKTfXeUQr5bf/C1bSJt3Pd0ibtpDSdineL5trH0BuArpIqfBo41sh7S5gPxntpEBYl0wAIu6pT700f1nx2p8Idc7CDZUy6aVhYTa"
    "70jc3Pzu0k6UZtwi43ixjqhKvSIY0JYdQrExlvjWhUZVuIGf6Wnk50D73z4YmQnVLQ9c1ye6/u4l5p6fe0rgTP16mKCMnH/CXb5Y21HHGdxT4ENS9Vpg"
    "0wI5ihI4xZ7Rc3VjkRpWEUDtmeKwSn1NhQkcuFezlWBQrsI5kvxp9R0vE1aw"
)
AS_PRINTED = (
    "alfaview://apis.alfaview.com:443?  \n"
    "companyId=01EZYCFW9MJ10P15YJ63NZ8S47&roomId=5726d492-6eb2-5f59-9ee8-  \n"
    "203181250dc4&token=IRXPAVVc1nZC0u5+mKTfXeUQr5bf/C1bSJt3Pd0ibtpDSdineL5trH0  \n"
    "BuArpIqfBo41sh7S5gPxntpEBYl0wAIu6pT700f1nx2p8Idc7CDZUy6aVhYTa70jc3Pzu0k6UZ  \n"
    "twi43ixjqhKvSIY0JYdQrExlvjWhUZVuIGf6Wnk50D73z4YmQnVLQ9c1ye6/u4l5p6fe0rgTP1  \n"
    "6mKCMnH/CXb5Y21HHGdxT4ENS9Vpg0wI5ihI4xZ7Rc3VjkRpWEUDtmeKwSn1NhQkcuFezlWBQr  \n"
    "sI5kvxp9R0vE1aw\n"
)
DOCUMENTED = f"alfaview://apis.alfaview.com:443?companyId={COMPANY}&roomId={ROOM}&token={TOKEN}"
ESCAPED_TOKEN = TOKEN.replace("+", "%2B").replace("/", "%2F")
LAUNCH = LaunchUrl(company_id=COMPANY, room_id=ROOM, token=TOKEN)
WEB = "https://webclient.alfaview.com/?--url="
WEB_ESCAPED = WEB + quote(DOCUMENTED, safe="")

texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)
base64_tokens = st.binary(min_size=1).map(lambda data: base64.b64encode(data).decode("ascii"))
launches = st.builds(LaunchUrl, company_id=texts, room_id=texts, token=base64_tokens | texts)
raw_launches = st.builds(LaunchUrl, company_id=texts, room_id=texts, token=base64_tokens, raw=st.just(value=True))
PIECES = [
    "alfaview://",
    "apis.alfaview.com",
    ":443",
    "/",
    "?",
    "&",
    "companyId=a",
    "roomid=b",
    "token=",
    "tokenhex=",
    "%ff",
    WEB,
]


def test_handbook_generate_join_url_from_group_link_sample_launch_url_is_read() -> None:
    """The handbook's sample, wrapped as printed: the token comes out whole, with its + and /."""
    launch = LaunchUrl.parse(AS_PRINTED)

    assert (launch.company_id, launch.room_id) == (COMPANY, ROOM)
    assert launch.token == TOKEN
    assert (len(launch.token), "+" in launch.token, "/" in launch.token) == (292, True, True)


def test_handbook_generate_join_url_from_group_link_raw_forms_are_as_documented() -> None:
    """With `raw`, both forms are the handbook's, letter for letter: no slash before `?`, nothing escaped."""
    launch = evolve(LAUNCH, raw=True)

    assert launch.native == DOCUMENTED
    assert launch.web == WEB + DOCUMENTED


def test_the_token_is_escaped_inside_the_documented_form() -> None:
    """By default only the token differs from the handbook's form: no reader can take its + for a space."""
    launch = LaunchUrl(company_id="C", room_id="R", token="a+b/c==")

    assert launch.native == "alfaview://apis.alfaview.com:443?companyId=C&roomId=R&token=a%2Bb%2Fc%3D%3D"
    assert launch.web == f"{WEB}alfaview://apis.alfaview.com:443?companyId=C&roomId=R&token=a%2Bb%2Fc%3D%3D"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DOCUMENTED, id="native, raw"),
        pytest.param(DOCUMENTED.replace(TOKEN, ESCAPED_TOKEN), id="native, escaped"),
        pytest.param(WEB + DOCUMENTED, id="web, raw"),
        pytest.param(WEB + DOCUMENTED.replace(TOKEN, ESCAPED_TOKEN), id="web, token escaped"),
        pytest.param(WEB_ESCAPED, id="web, all of it escaped once"),
        pytest.param(WEB_ESCAPED.replace("%2B", "%252B"), id="web, all escaped, + twice"),
        pytest.param(DOCUMENTED.replace(":443?", ":443/?"), id="slash inserted by a URL library"),
        pytest.param(DOCUMENTED.replace("&", "&amp;"), id="copied from HTML"),
        pytest.param(f"<{DOCUMENTED}>", id="angle brackets"),
        pytest.param(
            f"alfaview://apis.alfaview.com:443?token={TOKEN}&roomId={ROOM}&companyId={COMPANY}", id="other order"
        ),
        pytest.param(DOCUMENTED.replace("roomId", "roomid").replace(":443", ""), id="grammar of 2017"),
        pytest.param(DOCUMENTED.replace("apis.alfaview.com", "Alfaview.com"), id="old host"),
        pytest.param(DOCUMENTED + "&subroom=7", id="unknown parameter"),
    ],
)
def test_every_way_of_writing_a_launch_url_is_read(text: str) -> None:
    """All spellings mean the same company, room and token; + never becomes a space."""
    assert LaunchUrl.parse(text) == LAUNCH


@pytest.mark.parametrize("digits", ["fb00ff", "FB00FF"])
def test_the_old_tokenhex_becomes_the_base64_of_its_bytes(digits: str) -> None:
    """The vendor's 2017 grammar carries the token's bytes in hex."""
    launch = LaunchUrl.parse(f"alfaview://alfaview.com?companyId=C&roomid=R&tokenhex={digits}")

    assert launch == LaunchUrl(company_id="C", room_id="R", token="+wD/")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no launch URL"),
        (TOKEN, "no launch URL"),
        (DOCUMENTED.replace("alfaview://", "https://"), "no launch URL"),
        (DOCUMENTED.replace("apis.alfaview.com", "apis.alfaview.com.evil.example"), "no launch URL"),
        (DOCUMENTED.replace("apis.", "evil.example@apis."), "no launch URL"),
        (DOCUMENTED.replace(":443", ":8443"), "no launch URL"),
        (DOCUMENTED.replace("apis", "api\u017f"), "no launch URL"),
        (f"https://webclient.evil.example/?--url={DOCUMENTED}", "no launch URL"),
        (DOCUMENTED + "#fragment", "no launch URL"),
        (DOCUMENTED.replace("+", " "), "spaces"),
        (DOCUMENTED.replace("companyId", "company"), "each once"),
        (DOCUMENTED.partition("&token")[0], "each once"),
        (DOCUMENTED + f"&token={TOKEN}", "each once"),
        (DOCUMENTED + "&ROOMID=other", "each once"),
        (DOCUMENTED.replace(TOKEN, ""), "the token is empty"),
        (DOCUMENTED + "%00", "control characters"),
        (DOCUMENTED + "%ff", "percent-encoding"),
        (WEB + "alfaview%3A%ff", "percent-encoding"),
        (f"alfaview://alfaview.com?companyId=C&roomid=R&tokenhex={TOKEN}", "not hexadecimal"),
    ],
)
def test_what_is_no_launch_url_is_refused_with_its_reason_and_without_its_token(text: str, reason: str) -> None:
    """The message says what is wrong; neither it nor a chained exception repeats the token."""
    with pytest.raises(JoinLinkError) as caught:
        LaunchUrl.parse(text)

    assert reason in str(caught.value)
    assert TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_token_that_cannot_be_read_back_raw_is_refused_when_raw() -> None:
    """Unescaped, `&` would end the token and `%` would change it."""
    for token in ("a&b", "a%2Bb", "a#b", "a b"):
        assert LaunchUrl.parse(LaunchUrl(company_id="C", room_id="R", token=token).native).token == token
        with pytest.raises(JoinLinkError, match="escaping"):
            LaunchUrl(company_id="C", room_id="R", token=token, raw=True)


def test_the_token_shows_neither_in_repr_nor_in_str() -> None:
    """A launch URL carries a bearer token; only `native` and `web` tell it."""
    assert TOKEN not in f"{LAUNCH} {LAUNCH!r}"
    assert COMPANY in repr(LAUNCH)


@given(launches | raw_launches)
@example(LaunchUrl(company_id="&amp;", room_id="..", token="+/="))
@example(LaunchUrl(company_id="C", room_id="R", token="e30.e30."))
@example(LaunchUrl(company_id="C", room_id="R", token="e30.e30.", raw=True))
def test_parse_reads_back_what_native_and_web_wrote(launch: LaunchUrl) -> None:
    """Company, room and token survive both forms, escaped or raw."""
    assert LaunchUrl.parse(launch.native) == launch
    assert LaunchUrl.parse(launch.web) == launch


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_parse_raises_nothing_but_join_link_errors(text: str) -> None:
    """Whatever is pasted, the answer is a launch URL or a JoinLinkError."""
    try:
        launch = LaunchUrl.parse(text)
    except JoinLinkError:
        return
    assert LaunchUrl.parse(launch.native) == launch


@pytest.mark.parametrize(
    ("options", "argv"),
    [
        (ClientOptions(), []),
        (ClientOptions(allow_multiple=True), ["--allowmultiple"]),
        (ClientOptions(auto_accept_welcome=True), ["--autoacceptwelcome"]),
        (ClientOptions(bypass_settings=True), ["--bypasssettings"]),
        (ClientOptions(disable_leave_room=True), ["--disableleaveroom"]),
        (ClientOptions(help=True), ["--help"]),
        (ClientOptions(log_level="debug"), ["--loglevel=debug"]),
        (ClientOptions(log_level="info"), ["--loglevel=info"]),
        (ClientOptions(log_level="warning"), ["--loglevel=warning"]),
        (ClientOptions(log_level="error"), ["--loglevel=error"]),
        (ClientOptions(log_level="critical"), ["--loglevel=critical"]),
        (ClientOptions(no_color=True), ["--nocolor"]),
        (ClientOptions(no_update=True), ["--noupdate"]),
        (ClientOptions(skip_port_check=True), ["--skipportcheck"]),
        (ClientOptions(skip_quick_setup=True), ["--skipquicksetup"]),
        (ClientOptions(url=DOCUMENTED), [f"--url={DOCUMENTED}"]),
        (ClientOptions(verbose=True), ["--verbose"]),
        (ClientOptions(version=True), ["--version"]),
    ],
)
def test_handbook_command_line_options_are_written_as_in_the_table(options: ClientOptions, argv: list[str]) -> None:
    """Each of the handbook's thirteen options, and each log level, has its exact spelling."""
    assert options.argv() == argv


def test_handbook_command_line_options_combine_and_unknown_ones_follow_verbatim() -> None:
    """Our own come first, in the handbook's order; what we do not know is passed on untouched."""
    options = ClientOptions(verbose=True, no_update=True, url=LAUNCH.native, extra=("--subroom", "7", "--console"))

    assert options.argv() == ["--noupdate", f"--url={LAUNCH.native}", "--verbose", "--subroom", "7", "--console"]


def test_handbook_command_line_options_allowmultiple_is_refused_together_with_an_invitation_link() -> None:
    """The handbook's note: the option does not work when a room is joined by an invitation link."""
    with pytest.raises(ConfigurationError, match="--allowmultiple") as caught:
        ClientOptions(allow_multiple=True, url=DOCUMENTED)

    assert TOKEN not in str(caught.value)


def test_an_unknown_log_level_is_refused_with_the_known_ones() -> None:
    """The message lists the handbook's five levels."""
    with pytest.raises(ConfigurationError, match=r"'trace'.* debug, info, warning, error, critical"):
        ClientOptions(log_level="trace")  # type: ignore[arg-type]  # what mypy refuses is refused at run time too


def test_options_never_show_a_launch_url() -> None:
    """Neither `url` nor `extra`, which may hold one, is part of the repr."""
    options = ClientOptions(url=DOCUMENTED, extra=(DOCUMENTED,), no_color=True)

    assert TOKEN not in f"{options} {options!r}"
    assert "no_color=True" in repr(options)
