"""What a cell may hold as an e-mail address, and what was probably meant if it does not."""

import re
import unicodedata

from attrs import frozen

from alfaview_async.bulk.recipients import printable
from alfaview_async.bulk.validation import CellError
from alfaview_async.errors import ConfigurationError

_EDGES = "".join(map(chr, (0x20, 0x09, 0xA0, 0x1680, *range(0x2000, 0x200E), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)))
_WITH_NAME = re.compile(r"([^<>]*)<([^<>]*)>")
_BETWEEN_ADDRESSES = re.compile(r"[\s,;/|&]")
_LONGEST = 254  # RFC 5321's path of 256 octets, less the angle brackets
_REPAIRS = (
    (re.compile(r"\s*[(\[]\s*(?:at|ät)\s*[)\]]\s*", re.IGNORECASE), "@", '"@" is spelt out'),
    (re.compile(r"\s*@(?:\s*@)+\s*"), "@", 'two "@"'),
    (re.compile(r"\s+(?=[@.])|(?<=[@.])\s+"), "", "space in the address"),
    (re.compile(r"[.,;]+$"), "", "punctuation at the end"),
    (re.compile(r",(?=[^@]*$)"), ".", "comma in the domain"),
    (re.compile(r"\.{2,}"), ".", "two dots in a row"),
)
_DOMAIN_SLIPS = {
    **dict.fromkeys(("gmial.com", "gmai.com", "gmal.com", "gmil.com", "gamil.com", "gnail.com", "gmail"), "gmail.com"),
    **dict.fromkeys(("googlmail.com", "goglemail.com", "googlemail"), "googlemail.com"),
    **dict.fromkeys(("hotmial.com", "hotmai.com", "hotnail.com", "hotmal.com", "hotmail"), "hotmail.com"),
    **dict.fromkeys(("outlok.com", "outllok.com", "outloook.com", "outlook"), "outlook.com"),
    **dict.fromkeys(("outlok.de", "outloook.de"), "outlook.de"),
    **dict.fromkeys(("yaho.com", "yahooo.com", "yhaoo.com", "yahoo"), "yahoo.com"),
    "icloud": "icloud.com",
    "gmx": "gmx.de",
    "web": "web.de",
    "t-online": "t-online.de",
    "tonline.de": "t-online.de",
}
_ENDING_SLIPS = {"con": "com", "cmo": "com", "ocm": "com", "vom": "com", "dee": "de", "ogr": "org", "nte": "net"}
"""None of the keys is a top-level domain; `.co`, `.cm`, `.om` and `.ne` are, so they stay as they are."""


@frozen(kw_only=True)
class Address:
    """A checked address.

    Attributes:
        email: The address: local part as written (NFC), domain in lower-case ASCII (IDNA).
        name: The name that stood before it, as in `Name <address>`; empty if none.
        warnings: What was read differently from how it was written, or looks odd.
    """

    email: str
    name: str = ""
    warnings: tuple[str, ...] = ()


def read_address(cell: str, *, test_environment: bool = False) -> Address:
    """Read one e-mail address; whether anybody receives mail there is not asked.

    Args:
        cell: The cell.
        test_environment: Accept the domains under `.test`, which nobody can have (RFC 2606).

    Raises:
        CellError: It is no address, several of them, or very likely a slip (`gmial.com`).
        ConfigurationError: The package `email-validator` is not installed.
    """
    text = unicodedata.normalize("NFC", cell).strip(_EDGES)
    if not text:
        raise CellError("no address")
    _refuse_control_characters(text)
    name = ""
    if wrapped := _WITH_NAME.fullmatch(text):
        name, text = (part.strip(_EDGES + "\"'") for part in wrapped.groups())
        if name.casefold() == text.casefold():
            name = ""  # mail programs write the address in place of a missing name
    between = (part.strip() for part in text.split("@")[1:-1])
    if "@" in name or any(map(_BETWEEN_ADDRESSES.search, between)):
        raise CellError("two addresses in one cell; give each guest a row")
    if len(text) > _LONGEST:
        raise CellError(f"{len(text)} characters; an address has at most {_LONGEST}")
    email = _checked(text, test_environment=test_environment)
    warnings = []
    if name:
        warnings.append(f'read as the name "{printable(name)}" and the address {email}')
    if not email.isascii():
        warnings.append("special characters before the @: not every mail server delivers this")
    return Address(email=email, name=name, warnings=tuple(warnings))


def _refuse_control_characters(text: str) -> None:
    if text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            what = "line break" if character in "\r\n\u2028\u2029" else f"control character U+{ord(character):04X}"
            cut = text.strip()
            raise CellError(f"{what} in the address", "" if not cut.isprintable() or cut.count("@") != 1 else cut)


def _checked(text: str, *, test_environment: bool) -> str:
    email, reason = _normal_form(text, test_environment=test_environment)
    if email:
        local, _, domain = email.rpartition("@")
        if meant := _meant_domain(domain):
            raise CellError(f"{domain} looks like a slip of {meant}", f"{local}@{meant}")
        return email
    repaired = text
    reasons = []
    for pattern, replacement, why in _REPAIRS:
        before, repaired = repaired, pattern.sub(replacement, repaired)
        if repaired != before:
            reasons.append(why)
    local, at, domain = repaired.rpartition("@")
    repaired = f"{local}@{_meant_domain(domain.casefold()) or domain}"
    if repaired.count("@") > 1 and not reasons:
        reasons.append('two "@"')
    elif at and domain and "." not in domain:
        reasons.append("the domain has no ending such as .de")
    good, _ = _normal_form(repaired, test_environment=test_environment)
    raise CellError(", ".join(reasons) or reason, repaired if good else "")


def _meant_domain(domain: str) -> str:
    """Return the domain that was probably meant; empty if this one looks right."""
    if domain in _DOMAIN_SLIPS:
        return _DOMAIN_SLIPS[domain]
    name, _, ending = domain.rpartition(".")
    return f"{name}.{_ENDING_SLIPS[ending]}" if name and ending in _ENDING_SLIPS else ""


def _normal_form(text: str, *, test_environment: bool) -> tuple[str, str]:
    """Return the address as it shall be used, or an empty text and what is wrong with it."""
    try:
        import email_validator  # noqa: PLC0415 - comes with the extra `cli` only
    except ImportError as error:
        raise ConfigurationError(
            "checking e-mail addresses needs the package email-validator; pip install 'alfaview-async[cli]'"
        ) from error
    try:
        found = email_validator.validate_email(text, check_deliverability=False, test_environment=test_environment)
    except email_validator.EmailNotValidError as error:
        return "", str(error).rstrip(".")
    return f"{found.local_part}@{found.ascii_domain}", ""
