"""Which file systems other hosts write to as well: their locks and renames cannot be relied upon."""

import os
import sys
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "gpfs", "gfs2", "ocfs2"})
_NETWORK_BY_FUSE = frozenset({"fuse.sshfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.ceph"})


def network_file_system(device: int) -> str:
    """Name the network file system that a device number belongs to; empty for a local one.

    Known on Linux only; elsewhere nothing is found.

    Args:
        device: `st_dev` of a file.
    """
    if sys.platform == "win32":
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux, or /proc is hidden: there is nobody to ask
        return ""
    for mount in mounts.splitlines():
        place, _, source = mount.partition(" - ")
        kind = source.partition(" ")[0]
        if place.split()[2:3] == [number] and kind in _NETWORK | _NETWORK_BY_FUSE:
            return kind
    return ""
