"""SIGKILL at random moments, and at every system call that touches the index."""

import copy
import json
import os
import re
import shutil
import signal
import threading
import time

from site_under_test import Failure, Site, check


class Reader(threading.Thread):
    """Asks all the time: no query fails, no commit comes back once a newer one was seen."""

    def __init__(self, site, legal):
        super().__init__(daemon=True)
        # Of its own: the site looks into copies of the index now and then.
        self.site, self.running, self.answers, self.failure = copy.copy(site), True, 0, None
        self.legal = set(legal)
        self.start()

    def run(self):
        last = 0
        while self.running:
            try:
                number, state = self.site.read()
                check(number >= last, "commit", number, "after commit", last)
                check(state in self.legal, "a state that never was, in commit", number)
                last = number
                self.answers += 1
            except Exception as error:  # noqa: BLE001
                self.failure = error
                return
            time.sleep(0.05)

    def finish(self):
        self.running = False
        self.join()
        if self.failure:
            raise Failure("the reader:", self.failure)
        return self.answers


def kill_after(process, seconds):
    """Whether the process was still there to be killed."""
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def kept_states(site):
    """The states that a rollback may lead to: a copy of the index tells."""
    status = site.run("status", "--json")
    states = []
    for kept in json.loads(status.output)["kept"] if status.status == 0 else []:
        index = site.index
        site.index = os.path.join(site.folder, "copy")
        try:
            shutil.copytree(index, site.index)
            if site.run("rollback", str(kept["commit"])).status == 0:
                states.append(site.read()[1])
        finally:
            shutil.rmtree(site.index)
            site.index = index
    return states


def random_kills(bench, count):
    """first builds, updates, merges, rebuilds, rollbacks and runs after kills, killed at random moments"""
    chooser = bench.random
    durations, tally = {}, {}
    killed = landed = rounds = answers = 0
    worst = 0.0
    site = reader = None

    def renew():
        nonlocal site, reader, answers
        if reader:
            answers += reader.finish()
            site.close()
        site = Site(bench.program, chooser.random())
        reader = Reader(site, {None})

    def measured(kind, *arguments):
        """The run that comes to its end."""
        begin = time.monotonic()
        outcome = site.run(*arguments)
        durations[kind] = time.monotonic() - begin
        return outcome

    renew()
    try:
        while killed < count:
            rounds += 1
            if rounds % 25 == 1:
                renew()
                kind = "first build"
            else:
                kind = chooser.choices(["update", "rebuild", "rollback"], [6, 2, 1])[0]
                site.edit()
            index = ["index", "--quiet", *(["--full"] if kind == "rebuild" else []), site.content]
            arguments = ["rollback", "--quiet"] if kind == "rollback" else index
            old = site.read()[1]
            legal = {old, site.state()}
            if kind == "rollback":
                legal = {old, *kept_states(site)}
            reader.legal |= legal | {site.state()}
            # Kill on kill: the run after a kill is killed too, one to four times.
            for _ in range(chooser.randint(1, 4)):
                process = site.start(*arguments)
                hit = kill_after(process, chooser.uniform(0, durations.get(kind, 0.3) * 1.2))
                killed += 1
                landed += hit
                tally[kind] = tally.get(kind, 0) + 1
                found = site.read()[1]
                check(found in legal, "after a kill of", kind, "number", killed, "the state is neither old nor new")
                if not hit and process.returncode == 0 and kind != "rollback":
                    check(found == site.state(), "a run that ended with 0 is not there")
                if kind == "rollback":
                    legal |= {found, *kept_states(site)}
                    reader.legal |= legal
            size = site.size()
            outcome = measured("update" if kind == "rollback" else kind, *index)
            check(outcome.status == 0, "the run after a kill:", outcome)
            check(site.read()[1] == site.state(), "the run after a kill is not there")
            if rounds % 10 == 0:
                site.verify()
                ratio = max(size, site.size()) / site.clean_size()
                worst = max(worst, ratio)
                check(ratio < 4, f"{ratio:.2f} times a clean build")
            bench.progress(f"{killed} of {count} kills")
        answers += reader.finish()
    finally:
        if reader:
            reader.running = False
        site.close()
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(tally.items()))
    return (
        f"{killed} kills ({kinds}), {landed} of them before the end of the run; {answers} answers of a reader meanwhile;"
        f" 0 lost, 0 mixed; at most {worst:.1f} x a clean build")


CALLS = "openat,write,fsync,rename,unlink,close,flock,mmap,munmap,fstat,getdents64,mkdir".split(",")


def kills_at_calls(bench, limit):
    """killed at each system call that touches the index"""
    points = 0
    for call in CALLS:
        for number in range(1, limit + 1):
            site = Site(bench.program, 7, pages=8)
            site.build("--threads", "1")
            old = site.state()
            site.change([1, 2, 9])
            injected, outcome = inject(site, f"{call}:signal=SIGKILL:when={number}")
            if not injected:
                site.close()
                break
            points += 1
            found = site.read()[1]
            check(found in (old, site.state()), call, number, "leaves neither old nor new:", outcome)
            site.build()
            check(site.read()[1] == site.state(), call, number, "the next run is not there")
            site.verify()
            check(not [name for name in site.names() if name.startswith("tmp-")], "left behind:", site.names())
            site.close()
            bench.progress(f"{call} {number}")
    return f"{points} points, 0 lost, 0 mixed"


def inject(site, what, *flags):
    """Runs `search index` with a system call made to fail, but only on files of the index.

    The names of index files come from their content, so that a run on a copy tells which there will be.
    """
    log = os.path.join(site.folder, "strace.log")
    paths = paths_of_run(site)
    call = what.split(":")[0]
    prefix = ["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}", "-e", f"inject={what}"]
    for path in paths:
        prefix += ["-P", path]
    outcome = site.run("index", "--quiet", "--threads", "1", *flags, site.content, prefix=prefix)
    with open(log, errors="replace") as file:
        text = file.read()
    return "(INJECTED)" in text or "killed by SIGKILL" in text, outcome


def paths_of_run(site):
    log = os.path.join(site.folder, "paths.log")
    index, copy = site.index, site.index + "-copy"
    os.system(f"rm -rf '{copy}'; test -d '{index}' && cp -r '{index}' '{copy}'")
    site.index = copy
    site.run("index", "--quiet", "--threads", "1", site.content, prefix=["strace", "-f", "-qq", "-o", log, "-e", "trace=openat,rename"])
    site.index = index
    with open(log, errors="replace") as file:
        names = set(re.findall(re.escape(copy) + r"/([^\"]+)\"", file.read()))
    os.system(f"rm -rf '{copy}'")
    return [index, *(os.path.join(index, name) for name in sorted(names))]
