"""A directory that only its owner can use, held by its descriptor: whoever swaps its path swaps nothing.

On Windows directories have no descriptors, owners and modes in this sense: files are then found by path, and other
accounts are kept out by the permissions the directory inherits. A file that somebody is reading cannot be replaced: the
save fails and says so. Directories are not flushed, so the newest record may not outlive a power cut.
"""

import errno
import os
import stat
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from weakref import finalize

from alfaview_async.errors import StorageUnavailable
from alfaview_async.secret import SecretBytes
from alfaview_async.tokens.mounts import network_file_system

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_REMEDY = "choose another directory, or keep tokens in memory with MemoryTokenStore()"
_REASONS = {
    errno.ELOOP: "is a symbolic link; remove it",
    errno.ENXIO: "is no regular file; remove it",
    errno.EBUSY: "is mounted as a single file, which cannot be replaced; mount the directory instead",
    errno.EXDEV: "lies on another file system than its directory; mount the directory instead",
}


class PrivateDirectory:
    """Files that are replaced as a whole, in a directory that nobody else may write to.

    Args:
        path: Made with mode 0700 if it is not there, like what is missing above it; `~` is the home directory.

    Raises:
        StorageUnavailable: It cannot be made or written, is not ours, or others may write to it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            self._path = Path(path).expanduser()
            _make(self._path)
            self._descriptor = _opened(self._path)
            if self._descriptor is not None:
                finalize(self, os.close, self._descriptor).atexit = False
            found = self._path.stat() if self._descriptor is None else os.fstat(self._descriptor)
            writable = self._writable()
        except RuntimeError as error:
            raise StorageUnavailable(f"there is no home directory for {path}; {_REMEDY}") from error
        except OSError as error:
            raise StorageUnavailable(f"cannot use the token directory {path}: {error.strerror}; {_REMEDY}") from error
        if wrong := _shared_with_others(found):
            raise StorageUnavailable(f"the token directory {self._path} {wrong}; chmod 700 it, or {_REMEDY}")
        if not writable:
            raise StorageUnavailable(f"the token directory {self._path} cannot be written to; {_REMEDY}")
        if kind := network_file_system(found.st_dev):
            warnings.warn(
                f"{self._path} lies on a network file system ({kind}), where locks and renames may fail: share tokens "
                "among hosts by RedisTokenStore, and keep this directory on a local disk",
                stacklevel=3,
            )

    def __str__(self) -> str:
        return str(self._path)

    def names(self) -> list[str]:
        """Return the names of all entries."""
        try:
            return os.listdir(self._path if self._descriptor is None else self._descriptor)  # noqa: PTH208 - no Path has a descriptor
        except OSError as error:
            raise self._failure("cannot list", "", error) from error

    def read(self, name: str, limit: int) -> bytes | None:
        """Return the first `limit` bytes of a file of ours, `None` if there is no such file.

        Raises:
            StorageUnavailable: It cannot be read, or is no file that only we can have written.
        """
        try:
            with os.fdopen(self._open_ours(name, os.O_RDONLY), "rb") as file:
                return SecretBytes(file.read(limit))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failure("cannot read", name, error) from error

    def replace(self, name: str, data: bytes) -> None:
        """Write a file: whoever reads it gets the old bytes or the new ones, also after a crash or a power cut.

        Raises:
            StorageUnavailable: It cannot be written; the old file is intact.
        """
        temporary = f"{name}.{token_hex(6)}.tmp"
        try:
            try:
                self._create(temporary, data)
                self._rename(temporary, name)
            except BaseException:
                with suppress(StorageUnavailable):  # what cannot be removed now is swept when the store is next opened
                    self.remove(temporary)
                raise
        except OSError as error:
            raise self._failure("cannot write", name, error, "; the old record is intact") from error
        try:
            self._flush_names()
        except OSError as error:
            raise self._failure("cannot write", name, error, "; the new record may not outlive a power cut") from error

    def set_aside(self, name: str, new_name: str) -> None:
        """Rename a file.

        Raises:
            StorageUnavailable: It cannot be renamed.
        """
        try:
            self._rename(name, new_name)
            self._flush_names()
        except OSError as error:
            raise self._failure("cannot set aside", name, error) from error

    def remove(self, name: str) -> None:
        """Remove a file, if it is there.

        Raises:
            StorageUnavailable: It cannot be removed.
        """
        try:
            os.unlink(self._at(name), dir_fd=self._descriptor)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._failure("cannot remove", name, error) from error

    def open_lock(self, name: str) -> int:
        """Open a file to be locked, made with mode 0600 if it is not there; never truncated, no link followed.

        Raises:
            StorageUnavailable: It cannot be opened, or is no file of ours.
        """
        try:
            try:
                return self._open_ours(name, os.O_RDWR)
            except FileNotFoundError:
                descriptor = self._open_ours(name, os.O_RDWR | os.O_CREAT)
                _set_mode(descriptor)
                return descriptor
        except OSError as error:
            raise self._failure("cannot open the lock", name, error) from error

    def _create(self, name: str, data: bytes) -> None:
        with os.fdopen(self._open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            _set_mode(file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _open(self, name: str, flags: int) -> int:
        return os.open(self._at(name), flags | _NO_LINKS, 0o600, dir_fd=self._descriptor)

    def _open_ours(self, name: str, flags: int) -> int:
        descriptor = self._open(name, flags)
        found = os.fstat(descriptor)
        wrong = "is no regular file" if not stat.S_ISREG(found.st_mode) else _shared_with_others(found)
        if not wrong and found.st_nlink > 1:
            wrong = "has a second name (hard link)"
        if wrong:
            os.close(descriptor)
            raise StorageUnavailable(f"{self._path / name} {wrong}; remove it")
        return descriptor

    def _rename(self, name: str, new_name: str) -> None:
        os.replace(self._at(name), self._at(new_name), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def _flush_names(self) -> None:
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def _writable(self) -> bool:
        effective = os.access in os.supports_effective_ids
        return os.access(self._at("."), os.W_OK | os.X_OK, dir_fd=self._descriptor, effective_ids=effective)

    def _at(self, name: str) -> str:
        return name if self._descriptor is not None else str(self._path / name)

    def _failure(self, what: str, name: str, error: OSError, then: str = "") -> StorageUnavailable:
        reason = _REASONS.get(error.errno or 0)
        path = self._path / name
        return StorageUnavailable(f"{path} {reason}{then}" if reason else f"{what} {path}: {error.strerror}{then}")


def _make(path: Path) -> None:
    missing = []
    while not path.exists():
        missing.append(path)
        path = path.parent
    for directory in reversed(missing):
        with suppress(FileExistsError):  # another process was faster
            directory.mkdir(mode=0o700)
            if directory.lstat().st_mode & stat.S_IRWXU != stat.S_IRWXU:
                directory.chmod(0o700)  # a umask may take rights from ourselves


def _opened(path: Path) -> int | None:
    if sys.platform == "win32":
        return None
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _set_mode(descriptor: int) -> None:
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)  # a umask may have taken rights from ourselves


def _shared_with_others(found: os.stat_result) -> str:
    if not hasattr(os, "geteuid"):
        return ""
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    return "may be written by others" if found.st_mode & _OTHERS_MAY_WRITE else ""
