"""System calls that fail, disks that are full, disks that cannot be written."""

import os
import shutil
import subprocess
import tempfile

from kills import inject
from site_under_test import Site, check

# Call, errors, and whether the run gets over it.
FAULTS = [
    ("write", ["ENOSPC", "EDQUOT", "EIO"], False),
    ("write", ["EINTR"], True),
    ("fsync", ["EIO", "ENOSPC", "EDQUOT"], False),
    ("fsync", ["EINTR"], True),
    ("rename", ["EIO", "EACCES", "ENOSPC"], False),
    ("openat", ["EIO", "EACCES", "EMFILE", "ENFILE", "ENOMEM"], False),
    ("openat", ["EINTR"], True),
    ("mmap", ["ENOMEM", "EACCES"], False),
    # The second call gives the lock back, which closing does as well.
    ("flock", ["ENOLCK"], None),
    ("flock", ["EINTR"], True),
    ("fstat", ["EIO", "ENOMEM"], False),
    ("close", ["EIO"], None),
    ("unlink", ["EIO", "EACCES", "EPERM"], True),
]


def failing_calls(bench, limit):
    """system calls on files of the index fail, once and for ever"""
    points = kinds = 0
    for call, codes, passes in FAULTS:
        for code in codes:
            for sign in ["", "+"]:
                if sign and code == "EINTR":
                    continue  # for ever interrupted is for ever waiting
                kinds += 1
                for number in range(1, limit + 1):
                    site = Site(bench.program, 11, pages=8)
                    site.build("--threads", "1")
                    old = site.state()
                    site.change([1, 2, 9])
                    what = f"{call}:error={code}:when={number}{sign}"
                    injected, outcome = inject(site, what)
                    if not injected:
                        site.close()
                        break
                    points += 1
                    found = site.read()[1]
                    check(found in (old, site.state()), what, "leaves neither old nor new:", outcome)
                    check(outcome.status >= 0, what, "ends the program:", outcome)
                    if outcome.status == 0:
                        check(found == site.state(), what, "ends with 0 without the new state")
                        check(passes is not False or call in ("openat", "fstat"), what, "is not told:", outcome)
                    else:
                        check(not passes, what, "stops the run:", outcome)
                        check(outcome.status in (65, 66, 74), what, outcome)
                        check("index" in outcome.errors, what, "names no file:", outcome)
                    site.build()
                    check(site.read()[1] == site.state(), what, "the next run is not there")
                    site.verify()
                    site.close()
                    bench.progress(what)
    return f"{kinds} faults, {points} points: old or new, told with file and cause, the next run works"


class Mount:
    """A small file system in memory."""

    def __init__(self, size):
        self.path = tempfile.mkdtemp(prefix="search-torture-disk-")
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.path]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0:
            os.rmdir(self.path)
            raise PermissionError("mounting needs root")

    def remount(self, options):
        subprocess.run(["mount", "-o", "remount," + options, self.path], check=True)

    def close(self):
        subprocess.run(["umount", self.path], check=True)
        os.rmdir(self.path)


def full_disks(bench, sizes):
    """a disk that is really full: told with the path, room makes the next run work"""
    full = 0
    for step in range(sizes):
        site = Site(bench.program, step, pages=30)
        site.build()
        old, used = site.state(), site.size()
        site.change(range(30, 90), words=120)
        needed = site.clean_size()
        room = (used + needed * 8 * (step + 1) // (5 * sizes)) // 4096 * 4096 + 8192
        mount = Mount(room)
        try:
            outside = site.index
            site.index = os.path.join(mount.path, "index")
            shutil.copytree(outside, site.index)
            outcome = site.update()
            found = site.read()[1]
            if outcome.status == 0:
                check(found == site.state(), "exit 0 without the new state")
            else:
                full += 1
                check(outcome.status == 74, "with", room, "bytes:", outcome)
                check(mount.path in outcome.errors and "No space left" in outcome.errors, "says only:", outcome)
                check(found == old, "the old state does not answer")
                check(not [name for name in site.names() if name.startswith("tmp-")], "left behind:", site.names())
            mount.remount("size=64M")
            site.build()
            check(site.read()[1] == site.state(), "with room again the run is not there")
            site.verify()
        finally:
            mount.close()
            site.close()
        bench.progress(f"{room} bytes: {'full' if outcome.status else 'enough'}")
    check(full > sizes // 3, "only", full, "of the sizes were too small")
    return f"{sizes} sizes, {full} of them too small: 0 lost"


def read_only_disk(bench, _):
    """a disk mounted read-only: query, suggest, status, verify and serve work, index says why not"""
    site = Site(bench.program, 5)
    mount = Mount("16M")
    server = None
    try:
        site.index = os.path.join(mount.path, "index")
        site.build()
        state = site.state()
        mount.remount("ro")
        check(site.read()[1] == state, "the query")
        for command in [["status"], ["verify"], ["suggest", "第"], ["explain", "标记", "1.md"]]:
            outcome = site.run(*command)
            check(outcome.status == 0, *command, outcome)
        server = bench.serve(site)
        check(server.read()[1] == state, "the server")
        for command in [["index", site.content], ["rollback"]]:
            outcome = site.run(*command)
            check(outcome.status == 74 and "Read-only" in outcome.errors, *command, outcome)
        check(server.stop() == 0, "the server does not end with 0")
    finally:
        if server:
            server.kill()
        mount.close()
        site.close()
    return "all work"
