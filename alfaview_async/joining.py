"""The ways into a room - join links, launch URLs, the desktop client's options - read as pasted, written as documented.

Pure text: nothing here makes a call, and the host of a link is never called.
"""

import re
from base64 import b64encode
from typing import Literal, Self, get_args
from unicodedata import category
from urllib.parse import quote, unquote

from attrs import Attribute, asdict, field, frozen

from alfaview_async.errors import ConfigurationError, JoinLinkError

_HOST = re.compile(r"(?:[a-z0-9-]+\.)+alfaview\.com")
_JOIN_LINK = re.compile(r"(?:(?i:https?:)?//)?(?P<host>[^/?#]*)/?(?:\?[^#]*)?#/?join/(?P<parts>[^?&#]*)(?:[?&#].*)?")
_WEB_LAUNCH = re.compile(r"(?ai:(?:https?://)?(?:[a-z0-9-]+\.)+alfaview\.com)(?::443)?/?\?--url=(.*)")
# The bare domain and the missing port are the grammar of 2017; the slash before `?` is what URL libraries insert.
_NATIVE_LAUNCH = re.compile(r"(?ai:alfaview://(?:[a-z0-9-]+\.)*alfaview\.com)(?::443)?/?\?([^#]*)")
_LEGACY_USER_ID = re.compile(r"[0-9A-Fa-f]{32}")
_SURVIVES_UNESCAPED = re.compile(r"[A-Za-z0-9+/=_.~-]+")
# `…` is in no link, but in links that a chat or our own masking has shortened.
_IN_NO_LINK = re.compile(r'[<>"{}|\\^`…]')
# Brackets, quotes and the punctuation of the sentence around a link; escapes: German, English and French quotes.
_AROUND_A_LINK = "<>()[]{}\"'`.,;:!\u201e\u201c\u201d\u201a\u2018\u2019\u00ab\u00bb\u2039\u203a"
_LINE_BREAK_HYPHENS = {0x2010: "-", 0x2011: "-"}

LogLevel = Literal["debug", "info", "warning", "error", "critical"]
"""What the desktop client's `--loglevel` takes."""


def _usable(_instance: object, attribute: "Attribute[str]", value: str) -> None:
    if not value or any(category(character) in {"Cc", "Cs"} for character in value):
        what = attribute.name.replace("_", " ")
        raise JoinLinkError(f"the {what} is empty or holds control characters; copy it again or ask for a new link")


def _alfaview_host(text: str) -> str:
    # Lower-casing anything but ASCII would turn look-alikes (the Kelvin sign) into letters.
    host = (text.lower() if text.isascii() else text).removesuffix(":443")
    if not _HOST.fullmatch(host):
        named = ascii(host.rpartition("@")[2][:253])
        raise JoinLinkError(
            "the host of a join link is app.alfaview.com or ends in .alfaview.com, with no user name and no port "
            f"but 443; this one's is {named}: do not open the link, ask for a new one"
        )
    return host


def _healed(text: str) -> str:
    """Undo what mail, PDF viewers and chats add to a link: wrapped and quoted lines, invisible characters, `&amp;`."""
    unquoted = re.sub(r"(?m)^[\s>]+", "", text)
    visible = "".join(c for c in unquoted if not c.isspace() and category(c) not in {"Cc", "Cf"})
    return visible.translate(_LINE_BREAK_HYPHENS).replace("&amp;", "&")


def _decoded(part: str) -> str:
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:  # it carries the bytes, which may be a secret: hence no chain
        raise JoinLinkError("the link's percent-encoding spells no text; copy it again or ask for a new one") from None


def _escaped(text: str) -> str:
    # `quote` leaves dots alone, but a part `..` would climb up wherever the URL is normalised.
    return quote(text, safe="") if text.strip(".") else "%2E" * len(text)


@frozen(kw_only=True)
class JoinLink:
    """The personal or group link that lets its bearer into a room.

    Whoever has the link can join, so the access key shows neither in `repr()` nor in `str()`: `str(link)` is the link
    with `…` in the key's place, for logs and tables, and only `link.url` is the real one.
    Group and guest links look the same. Source: handbook, "Generate join url from group link".

    Attributes:
        company_id: Opaque, case matters; a ULID or, in older companies, a slug.
        room_id: Opaque; a meeting's id serves as well.
        access_key: The secret. Never in `repr()`.
        host: Where the web page lives, `app.alfaview.com` or a company's own `*.alfaview.com`. Never called by us.

    Raises:
        JoinLinkError: A part is empty or holds control characters, or the host is not alfaview's.
    """

    company_id: str = field(validator=_usable)
    room_id: str = field(validator=_usable)
    access_key: str = field(validator=_usable, repr=False)
    host: str = field(default="app.alfaview.com", converter=_alfaview_host)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a link as it was pasted from a mail, a PDF or a chat.

        Healed: white space and line breaks anywhere, `>` of quoted mail, brackets, quotes and punctuation around the
        link, control and zero-width characters, soft and line-break hyphens, `&amp;`, a missing scheme, `#join`, a
        trailing slash, percent-encoding and trackers (`?utm_source=...`) before or after the `#`. A character that was
        lost, as PDF viewers lose hyphens, cannot be restored and is not guessed. Ids keep their case and need no form.

        Args:
            text: The link, `https://app.alfaview.com/#/join/<company id>/<room id>/<access key>/v2`, and nothing else.

        Raises:
            JoinLinkError: No join link; one on a foreign host (which the message names); one that was cut off or
                shortened; or a legacy link without `/v2`, whose last part is a user id and no access key.
        """
        link = _JOIN_LINK.fullmatch(_healed(text).lstrip(_AROUND_A_LINK))
        if link is None:
            raise JoinLinkError(
                "this is no join link; one is https://app.alfaview.com/#/join/<company>/<room>/<access key>/v2, with "
                "no other text around it"
            )
        host = _alfaview_host(link["host"])
        path = link["parts"].rstrip(_AROUND_A_LINK + "/")
        if _IN_NO_LINK.search(path):
            raise JoinLinkError("the join link is shortened or damaged; copy the address behind it, not the text shown")
        match [_decoded(part) for part in path.split("/")]:
            case [company_id, room_id, access_key, "v2"]:
                return cls(company_id=company_id, room_id=room_id, access_key=access_key, host=host)
            case [_, _, user_id] if _LEGACY_USER_ID.fullmatch(user_id.replace("-", "")):
                raise JoinLinkError("this is a legacy link (it ends in a user id, not in /v2); ask for a new one")
            case [*_, "v2"]:
                raise JoinLinkError("the join link has too few or too many parts before /v2; copy it again")
            case _:
                raise JoinLinkError(
                    "the end of the join link, /v2, is missing: it was probably cut off, or other text was copied with "
                    "it; copy the link alone and whole"
                )

    @property
    def url(self) -> str:
        """The real link, access key and all: for the guest's eyes only."""
        return self._written(_escaped(self.access_key))

    def __str__(self) -> str:
        return self._written("…")

    def _written(self, key: str) -> str:
        return f"https://{self.host}/#/join/{_escaped(self.company_id)}/{_escaped(self.room_id)}/{key}/v2"


@frozen(kw_only=True)
class LaunchUrl:
    """The URL that takes one person straight into a room, in the desktop client or in the browser.

    It carries a bearer token (for guests good for 12 hours): keep it out of logs and of command lines, which every user
    of the machine can read in the process list. Source: handbook, "Generate join url from group link".

    Attributes:
        company_id: Id of the company.
        room_id: Id of the room or of the meeting.
        token: The access token as alfaview sent it, never re-encoded. Never in `repr()`.
        raw: Write the token unescaped, exactly as documented. By default `+`, `/` and `=` are percent-encoded, so that
            neither a browser nor a proxy turns `+` into a space. How it is written is no part of equality.

    Raises:
        JoinLinkError: A part is empty or holds control characters, or a `raw` token could not be read back.
    """

    company_id: str = field(validator=_usable)
    room_id: str = field(validator=_usable)
    token: str = field(validator=_usable, repr=False)
    raw: bool = field(default=False, eq=False)

    def __attrs_post_init__(self) -> None:
        if self.raw and not _SURVIVES_UNESCAPED.fullmatch(self.token):
            raise JoinLinkError("this token holds characters that need escaping; leave `raw` off")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a launch URL: native or web form, token escaped or raw, the web form's `--url` escaped or not.

        Line breaks are healed. The old grammar is understood too: `roomid`, and `tokenhex`, the token's bytes in hex.
        The result writes an escaped token whatever the text had; its host and port are always today's.

        Raises:
            JoinLinkError: No launch URL of alfaview's; a part is missing, twice there or unreadable; or the text holds
                spaces, which once were `+`.
        """
        unwrapped = "".join(line.strip() for line in text.splitlines())
        if any(character.isspace() for character in unwrapped):
            raise JoinLinkError("the launch URL holds spaces, so every + of its token may be lost; generate a new one")
        address = _healed(unwrapped).strip("<>\"'")
        if web := _WEB_LAUNCH.fullmatch(address):
            address = web[1] if "://" in web[1] else _decoded(web[1])
        native = _NATIVE_LAUNCH.fullmatch(address)
        if native is None:
            raise JoinLinkError("this is no launch URL; one begins with alfaview://apis.alfaview.com:443?companyId=")
        # Not parse_qs: it turns the + of a raw token into a space.
        pairs = [pair.partition("=") for pair in native[1].split("&") if pair]
        values = {name.lower(): _decoded(value) for name, _, value in pairs}
        match values:
            case {"companyid": company_id, "roomid": room_id, "token": token} if len(values) == len(pairs):
                return cls(company_id=company_id, room_id=room_id, token=token)
            case {"companyid": company_id, "roomid": room_id, "tokenhex": digits} if len(values) == len(pairs):
                return cls(company_id=company_id, room_id=room_id, token=_base64_of_hex(digits))
            case _:
                raise JoinLinkError("a launch URL has companyId, roomId and token, each once; generate a new one")

    @property
    def native(self) -> str:
        """The URL for the desktop client; a secret.

        Its form is `alfaview://apis.alfaview.com:443?companyId=...&roomId=...&token=...`.
        """
        token = self.token if self.raw else _escaped(self.token)
        ids = f"companyId={_escaped(self.company_id)}&roomId={_escaped(self.room_id)}"
        return f"alfaview://apis.alfaview.com:443?{ids}&token={token}"

    @property
    def web(self) -> str:
        """The URL for the browser; a secret.

        It is the native form behind `https://webclient.alfaview.com/?--url=`.
        """
        return f"https://webclient.alfaview.com/?--url={self.native}"


def _base64_of_hex(text: str) -> str:
    try:
        return b64encode(bytes.fromhex(text)).decode("ascii")
    except ValueError:
        raise JoinLinkError("the launch URL's tokenhex is not hexadecimal; generate a new one") from None


@frozen(kw_only=True)
class ClientOptions:
    """Command line options of the desktop client. Source: handbook, "Command line options".

    Attributes:
        allow_multiple: Run several instances (Windows and Linux). Not together with `url`: the handbook says that the
            option does not work when joining by an invitation link, and `--url` is how such a link arrives. It is
            refused rather than ignored, since the client would silently do something else than asked.
        auto_accept_welcome: Skip the settings shown before the first room.
        bypass_settings: Open with default settings; changes are not saved.
        disable_leave_room: Hide "Leave room" and the way back to the lists.
        help: Show all available help.
        log_level: Log entries to show; the client's default is info. debug is the same as `verbose`.
        no_color: No colours in the terminal.
        no_update: Do not look for updates; old versions are shut out after a while.
        skip_port_check: Start without checking the connection; the vendor advises against it.
        skip_quick_setup: No quick settings before joining.
        url: Room to open: a launch URL. It carries a bearer token, and a command line is visible to every user of the
            machine in the process list: set it only where nobody else can look. Never in `repr()`.
        verbose: More detailed debug logging.
        version: Show the client's version.
        extra: Options that this version of ours does not know, passed on as they are, after ours. Never in `repr()`.

    Raises:
        ConfigurationError: An unknown log level, or `allow_multiple` together with `url`.
    """

    allow_multiple: bool = False
    auto_accept_welcome: bool = False
    bypass_settings: bool = False
    disable_leave_room: bool = False
    help: bool = False
    log_level: LogLevel | None = None
    no_color: bool = False
    no_update: bool = False
    skip_port_check: bool = False
    skip_quick_setup: bool = False
    url: str | None = field(default=None, repr=False)
    verbose: bool = False
    version: bool = False
    extra: tuple[str, ...] = field(default=(), repr=False)

    def __attrs_post_init__(self) -> None:
        levels = get_args(LogLevel)
        if self.log_level is not None and self.log_level not in levels:
            raise ConfigurationError(f"unknown log level {self.log_level!r}; choose one of {', '.join(levels)}")
        if self.allow_multiple and self.url is not None:
            raise ConfigurationError("--allowmultiple does not work when a link is opened; leave out one of the two")

    def argv(self) -> list[str]:
        """The options as arguments, without the program's name: `["--loglevel=debug", "--noupdate"]`.

        With `url` set the result carries a bearer token: do not log it.
        """
        chosen = asdict(self, filter=lambda option, value: option.name != "extra" and value not in (False, None))
        ours = [f"--{name.replace('_', '')}" + ("" if value is True else f"={value}") for name, value in chosen.items()]
        return [*ours, *self.extra]
