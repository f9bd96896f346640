"""Network file systems are recognised, and warned of."""

import os
import warnings
from pathlib import Path

import pytest

from alfaview_async.tokens import FileTokenStore, mounts

LOCAL = "29 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw,discard"
NETWORK = "31 29 0:53 /home /mnt/my\\040home rw,relatime shared:2 master:1 - {kind} files.example.org:/home rw,vers=4.2"


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A table of mounts as the kernel writes it, which says what the disk of this test is."""

    def written(*lines):
        path = tmp_path / "mountinfo"
        device = tmp_path.stat().st_dev
        path.write_text("\n".join(lines).replace("0:53", f"{os.major(device)}:{os.minor(device)}"))
        monkeypatch.setattr(mounts, "_MOUNTS", path)

    return written


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_a_network_file_system_is_warned_of(tmp_path, table, kind):
    """S20: with the name of the kind, and what to use instead; the warning points to the caller's line."""
    table(LOCAL, NETWORK.format(kind=kind))
    with pytest.warns(UserWarning, match=rf"network file system \({kind}\).*RedisTokenStore") as caught:
        FileTokenStore(tmp_path / "tokens")
    assert caught[0].filename == __file__


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuse.bindfs"])
def test_local_file_systems_are_fine(tmp_path, table, kind):
    """S20: no warning, also not for one that merely is in the same table as a network file system."""
    table(NETWORK.format(kind=kind), NETWORK.format(kind="nfs4").replace("0:53", "0:9999"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FileTokenStore(tmp_path / "tokens")


@pytest.mark.parametrize("line", ["", "-", "31 29", "31 29 0:53 - ", "\udcff"])
def test_an_odd_table_is_no_error(tmp_path, monkeypatch, line):
    """S20: what cannot be understood is not a network."""
    (tmp_path / "mountinfo").write_bytes(line.encode(errors="surrogateescape"))
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "mountinfo")
    assert mounts.network_file_system(53) == ""


def test_without_a_table_nothing_is_known(tmp_path, monkeypatch):
    """S20: on other systems than Linux nobody says."""
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "missing")
    assert mounts.network_file_system(53) == ""


@pytest.mark.skipif(not mounts._MOUNTS.exists(), reason="no table of mounts, so not Linux")
def test_the_table_of_this_machine_is_understood():
    """S20: /proc has no network file system, and this machine's table names its kind."""
    device = Path("/proc").stat().st_dev
    assert mounts.network_file_system(device) == ""
    number = f"{os.major(device)}:{os.minor(device)}"
    assert any(
        line.split()[2] == number and line.partition(" - ")[2].startswith("proc ")
        for line in mounts._MOUNTS.read_text().splitlines()
    )
