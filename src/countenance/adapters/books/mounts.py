"""Whether a folder is on a network file system, where SQLite's write-ahead log is not safe.

The log's index is shared memory, which two machines do not share (sqlite.org/wal.html, "All processes using a database
must be on the same host computer"); and locks over a network may not hold.
"""

import re
from pathlib import Path, PurePosixPath

_KERNEL = frozenset(
    {
        "afs",
        "afp_fs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "gfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncp",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "panfs",
        "pvfs2",
        "smb2",
        "smb3",
        "smbfs",
        "webdav",
    }
)
_FUSE = frozenset(
    {"ceph", "curlftpfs", "davfs2", "gcsfuse", "glusterfs", "goofys", "juicefs", "rclone", "s3fs", "smbnetfs", "sshfs"}
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def network_kind(table: str, path: str) -> str | None:
    """The network file system that an absolute path is on, or None where it is on another kind, or it is not known.

    Args:
        table: the mount table, as `/proc/mounts` gives it: device, mount point, kind and options, a line each.
        path: absolute, without links.
    """
    best, kind = -1, None
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = PurePosixPath(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        depth = len(place.parts)
        # A later mount at the same place hides the one before.
        if depth >= best and PurePosixPath(path).is_relative_to(place):
            best, kind = depth, fields[2]
    return kind if kind in _KERNEL or (kind or "").removeprefix("fuse.") in _FUSE else None


def network_kind_of(path: Path) -> str | None:
    """The same of a path of this machine; None where there is no mount table to read."""
    try:
        table = Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
        return network_kind(table, str(path.resolve()))
    except OSError:
        return None
