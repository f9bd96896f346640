"""QR codes, read back by a decoder that follows ISO/IEC 18004 and knows nothing of the library that drew them."""

import re
import struct
import zlib
from xml.etree import ElementTree as ET

import pytest

from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.outputs.qr import write_qr_codes
from alfaview_async.errors import ConfigurationError

LINK = "https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/2bed6a0c-5b2f-4a5e-9d0c-6f1e2d3c4b5a/{}/v2"
KEY = "Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OTAxMjM="
SIZE, QUIET, MODULE = 49, 4, 8
"""Version 8 has 49 modules a side."""
ALIGNMENT = (6, 24, 42)
BLOCKS_OF_8_M = (38, 38, 39, 39)
MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, _: y % 2,
    lambda _, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)


def created(line=2, name="Jörg Weiß", link=None):
    guest = Recipient(email="joerg@example.org", display_name=name, line=line)
    join_link = LINK.format(KEY) if link is None else link
    return RowResult(recipient=guest, status=RowStatus.CREATED, link_id=str(line), join_link=join_link)


def modules_of_png(data):
    """Return the dark modules, having seen that all around them is light."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    position, compressed, header = 8, b"", b""
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + length]
        header = body if kind == b"IHDR" else header
        compressed += body if kind == b"IDAT" else b""
        position += length + 12
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", header)
    assert (width, height, depth, colour) == (456, 456, 1, 0)
    raw = zlib.decompress(compressed)
    rows = [bytes(57)]
    for start in range(0, len(raw), 58):
        assert raw[start] in {0, 2}, "neither plain nor the difference to the row above"
        above = rows[-1] if raw[start] else bytes(57)
        rows.append(bytes((byte + up) % 256 for byte, up in zip(raw[start + 1 : start + 58], above, strict=True)))
    del rows[0]
    pixels = [[not row[x // 8] >> (7 - x % 8) & 1 for x in range(width)] for row in rows]
    return squares(lambda y, x: pixels[y * MODULE][x * MODULE], lambda y, x: pixels[y * MODULE + 7][x * MODULE + 7])


def modules_of_svg(data):
    """Return the dark modules of a drawing made of horizontal strokes, one module high."""
    root = ET.fromstring(data)  # noqa: S314 - our own file
    assert root.get("width") == root.get("height") == "456"
    (path,) = root
    dark, y, x = set(), 0, 0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path.get("d")):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            dark |= {(y, x + step) for step in range(int(values[0]))}
            x += int(values[0])
        else:
            across, down = values
            x, y = (int(across), int(down)) if command == "M" else (x + int(across), y + int(down))
    return squares(lambda y, x: (y, x) in dark)


def squares(*darkness):
    side = range(SIZE + 2 * QUIET)
    dark = {(y - QUIET, x - QUIET) for y in side for x in side if darkness[0](y, x)}
    assert all(dark == {(y - QUIET, x - QUIET) for y in side for x in side if same(y, x)} for same in darkness)
    assert all(0 <= y < SIZE and 0 <= x < SIZE for y, x in dark)
    return dark


def is_data(y, x):
    """Tell the modules that hold data from finder, timing, alignment, format and version patterns."""
    if y == 6 or x == 6 or (y < 9 and (x < 9 or x >= SIZE - 8)) or (y >= SIZE - 8 and x < 9):
        return False
    if (y < 6 and x >= SIZE - 11) or (x < 6 and y >= SIZE - 11):
        return False
    corners = {(6, 6), (6, 42), (42, 6)}
    centres = [(row, column) for row in ALIGNMENT for column in ALIGNMENT if (row, column) not in corners]
    return not any(abs(y - row) <= 2 and abs(x - column) <= 2 for row, column in centres)


def text_of(dark):
    """Decode a code of version 8-M in byte mode."""
    bits = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    information = int("".join(str(int(place in dark)) for place in bits), 2) ^ 0b101010000010010
    assert information >> 13 == 0b00, "the level is not M"
    masked = MASKS[information >> 10 & 7]
    stream = []
    for number, right in enumerate(x if x > 6 else x - 1 for x in range(SIZE - 1, 0, -2)):
        for step in range(SIZE):
            y = step if number % 2 else SIZE - 1 - step
            stream += [((y, x) in dark) ^ (masked(y, x) == 0) for x in (right, right - 1) if is_data(y, x)]
    words = [int("".join(map(str, map(int, stream[at : at + 8]))), 2) for at in range(0, len(stream) - 7, 8)]
    taken, blocks = iter(words), [[] for _ in BLOCKS_OF_8_M]
    for row in range(max(BLOCKS_OF_8_M)):
        for block, size in zip(blocks, BLOCKS_OF_8_M, strict=True):
            if row < size:
                block.append(next(taken))
    message = "".join(f"{word:08b}" for block in blocks for word in block)
    assert message[:4] == "0100", "not in byte mode"
    length = int(message[4:12], 2)
    return bytes(int(message[12 + 8 * at : 20 + 8 * at], 2) for at in range(length)).decode("ascii")


@pytest.mark.parametrize("number", range(12))
def test_a_code_is_the_link(tmp_path, number):
    """Twelve links, so that most of the eight masks are met; as an image and as a drawing of the same size."""
    link = LINK.format(f"{KEY}{number}")
    assert write_qr_codes(tmp_path / "qr", iter([created(link=link)])) == 1
    assert write_qr_codes(tmp_path / "qr", [created(link=link)], kind="svg") == 1
    assert sorted(path.name for path in (tmp_path / "qr").iterdir()) == [
        "00002-joerg-weiss.png",
        "00002-joerg-weiss.svg",
    ]
    dark = modules_of_png((tmp_path / "qr" / "00002-joerg-weiss.png").read_bytes())
    assert text_of(dark) == link
    assert modules_of_svg((tmp_path / "qr" / "00002-joerg-weiss.svg").read_bytes()) == dark


def test_what_may_not_stand_in_a_link_is_escaped(tmp_path):
    """A reader sees ASCII, and no line break starts a second entry."""
    write_qr_codes(tmp_path / "qr", [created(link=LINK.format(f"{KEY[:20]}\r\nä"))])
    (file,) = (tmp_path / "qr").iterdir()
    assert text_of(modules_of_png(file.read_bytes())) == LINK.format(f"{KEY[:20]}%0D%0A%C3%A4")


def test_guests_without_a_link_have_no_code(tmp_path):
    """The numbers of the others stay those of their lines."""
    failed = RowResult(recipient=Recipient(email="a@example.org", line=3), status=RowStatus.FAILED)
    assert write_qr_codes(tmp_path / "qr", [created(), failed, created(line=4, name="木村")]) == 2
    assert sorted(path.name for path in (tmp_path / "qr").iterdir()) == ["00002-joerg-weiss.png", "00004.png"]


def test_what_cannot_be_a_code_is_refused(tmp_path):
    """The message names the guest, never the link; what was written before stays."""
    with pytest.raises(ConfigurationError, match="00003-zoe is too long") as caught:
        write_qr_codes(tmp_path / "qr", [created(), created(line=3, name="Zoë", link="https://x/" + "s" * 2400)])
    assert "sss" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert [path.name for path in (tmp_path / "qr").iterdir()] == ["00002-joerg-weiss.png"]
    with pytest.raises(ConfigurationError, match="'pdf'"):
        write_qr_codes(tmp_path / "pdf", [created()], kind="pdf")
    assert not (tmp_path / "pdf").exists()
