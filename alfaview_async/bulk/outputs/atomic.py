"""Files that appear whole or not at all, readable by their owner only: the links in them open rooms."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from alfaview_async.errors import ConfigurationError

_NOT_ALLOWED = "choose a directory that you may write to, and close the file where it is open"
_NO_SPACE = "free some space or choose another disk"
_REMEDIES = {
    errno.ENOENT: "make the directory first",
    errno.ENOTDIR: "make the directory first",
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _NOT_ALLOWED,
    errno.ENOSPC: _NO_SPACE,
    errno.EDQUOT: _NO_SPACE,
    errno.EFBIG: _NO_SPACE,
}


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends well; otherwise nothing has changed there.

    The bytes gather in a file beside it, `.alfaview-….tmp`, made with mode 0600 and flushed to the disk before it is
    renamed. Whoever is killed in between leaves that file, never half a file under the real name. A symbolic link is
    itself replaced, not what it points to.

    Raises:
        ConfigurationError: It cannot be written (no directory, no right, no space), or is no regular file.
    """
    target = Path(path)
    if not target.name:
        raise ConfigurationError("the links need the name of a file to be written to")
    temporary = target.with_name(f".alfaview-{token_hex(8)}.tmp")
    try:
        _refuse_what_is_no_file(target)
        try:
            with open(temporary, "xb", opener=_private) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _failure(target, error) from error


def private_directory(path: str | os.PathLike[str]) -> Path:
    """Return a directory for many files, made with mode 0700 if it is not there; what is above it must be there.

    Raises:
        ConfigurationError: It cannot be made, or is no directory.
    """
    directory = Path(path)
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _failure(directory, error) from error
    return directory


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _refuse_what_is_no_file(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):  # renaming over /dev/stdout would remove the device
        raise ConfigurationError(f"cannot write {str(path)!r}: it is no regular file; give the name of a file")


def _failure(path: Path, error: OSError) -> ConfigurationError:
    remedy = _REMEDIES.get(error.errno or 0, "choose another place")
    return ConfigurationError(f"cannot write {str(path)!r}: {error.strerror or error}; {remedy}; nothing was changed")
