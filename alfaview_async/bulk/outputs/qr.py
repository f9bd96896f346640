"""A QR code for each guest, to be printed on a badge or a letter."""

import os
from collections.abc import Iterable
from typing import Literal

from alfaview_async.bulk.outputs.atomic import private_directory, replacing
from alfaview_async.bulk.outputs.file_names import with_links
from alfaview_async.bulk.outputs.text import link_as_uri
from alfaview_async.bulk.results import RowResult
from alfaview_async.errors import ConfigurationError

_PIXELS_PER_MODULE = 8


def write_qr_codes(
    directory: str | os.PathLike[str], results: Iterable[RowResult], *, kind: Literal["png", "svg"] = "png"
) -> int:
    """Write a QR code of the join link of each result whose link opens the room, e.g. `00017-joerg-weiss.png`.

    Error correction M (15 % may be damaged) or better, quiet zone of 4 modules, 8 pixels a module: a usual link makes
    an image of 456 by 456. Only the owner can read the files, each appears whole or not at all, and files of the same
    name are replaced; if one fails, those before it stay.

    Blocking, some tens of codes a second: within an event loop call `await asyncio.to_thread(write_qr_codes, ...)`.

    Args:
        directory: Where to write; made with mode 0700 if it is not there.
        results: Gone through once; never copied.
        kind: `png`, or `svg` for any size.

    Returns:
        How many files were written.

    Raises:
        ConfigurationError: A file cannot be written, `kind` is unknown, a link is too long for a QR code (2,331
            characters), or the package `segno` (extra `cli`) is missing.
    """
    if kind not in {"png", "svg"}:
        raise ConfigurationError(f"QR codes are written as png or svg, not as {kind!r}")
    try:
        import segno  # noqa: PLC0415 - comes with the extra `cli` only
    except ImportError as error:
        raise ConfigurationError("QR codes need the package segno; pip install 'alfaview-async[cli]'") from error
    target = private_directory(directory)
    written = 0
    for stem, result in with_links(results):
        try:
            code = segno.make_qr(link_as_uri(result.join_link), error="m")
        except segno.DataOverflowError:  # its text may quote the link: hence no chain
            raise ConfigurationError(f"the link of {stem} is too long for a QR code; put it on paper as text") from None
        with replacing(target / f"{stem}.{kind}") as file:
            code.save(file, kind=kind, scale=_PIXELS_PER_MODULE)
        written += 1
    return written
