"""Where there are no owners, directory descriptors and `flock`: the store imports and does its basic work."""

import subprocess
import sys
from textwrap import dedent

from real_disk import ENVIRONMENT

WITHOUT_POSIX = dedent("""
    import asyncio, concurrent.futures, ctypes, fcntl, os, pathlib, sys, tempfile, types  # before Linux is hidden
    import pytest
    flock, exclusive, release = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_UN

    def locking(descriptor, mode, count):
        assert (count, os.lseek(descriptor, 0, os.SEEK_CUR)) == (1, 0)
        flock(descriptor, {2: exclusive, 0: release}[mode])

    sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=locking)
    sys.modules["fcntl"] = None
    for name in "geteuid fchmod O_NOFOLLOW O_CLOEXEC O_NONBLOCK O_DIRECTORY register_at_fork major minor".split():
        delattr(os, name)
    os.supports_effective_ids = frozenset()
    sys.platform = "win32"

    from alfaview_async.errors import StorageCorrupt, StorageTimeout
    from alfaview_async.testing import KEY, TOKEN
    from alfaview_async.tokens import FileTokenStore
    from alfaview_async.tokens import file as file_module

    async def main(directory):
        store, peer = FileTokenStore(directory), FileTokenStore(directory)
        assert await store.compare_and_swap(KEY, 0, TOKEN)
        assert (await peer.load(KEY)).refresh_token == TOKEN.refresh_token
        assert not await peer.compare_and_swap(KEY, 0, TOKEN)
        assert await peer.keys() == [KEY]
        file_module._BOUND_SECONDS = 0.2
        async with store.lock(KEY):
            with pytest.raises(StorageTimeout):
                async with FileTokenStore(directory).lock(KEY):
                    pass
        async with FileTokenStore(directory).lock(KEY):
            pass
        next(directory.glob("*.record")).write_bytes(b"broken")
        with pytest.raises(StorageCorrupt):
            await store.load(KEY)
        await store.delete(KEY)
        litter = next(directory.glob("*.record")).with_suffix(".record.0123456789ab.tmp")
        litter.write_bytes(b"")
        FileTokenStore(directory)
        assert not litter.exists()
        print("done")

    asyncio.run(main(pathlib.Path(sys.argv[1])))
""")


def test_basic_use_needs_nothing_that_windows_lacks(tmp_path):
    """On Linux with the names of POSIX taken away, and a stand-in for the lock of the C runtime.

    What only Windows can show is not shown: that an open file can be replaced, and who may read the directory.
    """
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX, tmp_path / "tokens"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=ENVIRONMENT,
    )
    assert (run.stdout, run.returncode) == ("done\n", 0), run.stderr
