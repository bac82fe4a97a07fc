"""Readers during commits, two writers, and a server that takes over commits."""

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request

from site_under_test import EVERYWHERE, Failure, Site, answer, check


class Server:
    """A `search serve` on a free port."""

    def __init__(self, site):
        self.process = subprocess.Popen(site.command("serve", "--port", "0"), stderr=subprocess.PIPE, text=True)
        first = self.process.stderr.readline()
        found = re.search(r"address=http://127.0.0.1:(\d+)/", first)
        if not found:
            raise Failure("the server does not start:", first)
        self.port = int(found.group(1))
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True).start()

    def get(self, target):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{target}", timeout=10) as reply:
            return reply.read().decode()

    def read(self):
        return answer(self.get(f"/search?limit=1000&q={urllib.parse.quote(EVERYWHERE)}"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def index_mappings(self):
        with open(f"/proc/{self.process.pid}/maps") as file:
            return sum(".seg" in line or ".bits" in line for line in file)

    def memory(self):
        """Bytes of its own, without mapped files."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read()).group(1)) << 10

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(5)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Asking(threading.Thread):
    """Asks and notes which state belongs to which commit."""

    def __init__(self, read, pause):
        super().__init__(daemon=True)
        self.read, self.pause, self.running, self.seen, self.count, self.failure = read, pause, True, {}, 0, None
        self.start()

    def run(self):
        last = 0
        while self.running:
            try:
                number, state = self.read()
                check(number >= last, "commit", number, "after", last)
                check(self.seen.setdefault(number, state) == state, "two states of commit", number)
                last = number
                self.count += 1
            except Exception as error:  # noqa: BLE001
                self.failure = error
                return
            time.sleep(self.pause)


def readers(bench, commits):
    """queries by program and over HTTP while commits, merges and rollbacks are published"""
    site = Site(bench.program, 21, pages=60)
    site.build()
    server = bench.serve(site)
    server.read()
    descriptors, memory = server.descriptors(), 0
    asking = [Asking(site.read, 0.02) for _ in range(2)] + [Asking(server.read, 0.02) for _ in range(2)]
    known = {site.read()[0]: site.state()}
    slowest = 0.0
    try:
        for number in range(commits):
            if number % 7 == 6:
                check(site.run("rollback", "--quiet").status == 0, "rollback")
            else:
                site.edit()
                site.build(*(["--full"] if number % 5 == 4 else []))
            published = time.monotonic()
            commit, state = site.read()
            if number % 7 == 6:
                check(state in known.values(), "the rollback leads to a state that never was")
            else:
                check(state == site.state(), "the commit is not there")
            known[commit] = state
            while server.read()[0] != commit:
                check(time.monotonic() - published < 10, "the server does not take over commit", commit)
                time.sleep(0.01)
            slowest = max(slowest, time.monotonic() - published)
            if number == min(commits - 1, 4):
                memory = server.memory()
            bench.progress(f"{number + 1} of {commits} commits")
        for each in asking:
            each.running = False
            each.join()
            check(each.failure is None, each.failure)
            for commit, state in each.seen.items():
                check(known[commit] == state, "a mixed state in commit", commit)
        growth = server.memory() / memory
        # Connections may take a moment to close.
        deadline = time.monotonic() + 5
        while server.descriptors() > descriptors:
            check(time.monotonic() < deadline, "descriptors:", descriptors, "then", server.descriptors())
            time.sleep(0.1)
        segments = len(json.loads(site.run("status", "--json").output)["segments"])
        check(server.index_mappings() <= 2 * segments, "mappings of files that are gone:", server.index_mappings())
        check(slowest <= 1 + bench.slack, f"the slowest new commit took {slowest:.2f} s")
        begin = time.monotonic()
        check(server.stop() == 0, "the server does not end with 0")
        end = time.monotonic() - begin
    finally:
        for each in asking:
            each.running = False
        server.kill()
        site.close()
    count = sum(each.count for each in asking)
    return (f"{commits} commits, {count} answers, 0 failed, each of one commit; new commit served in at most {slowest:.2f} s;"
            f" memory x {growth:.2f}, no descriptor more; ends in {end:.1f} s")


def writers(bench, pairs):
    """two writers: one works, the other ends with 75 or waits; none is locked out by one that was killed"""
    site = Site(bench.program, 22)
    site.build()
    slowest = 0.0
    try:
        for number in range(pairs):
            holder = subprocess.Popen(
                site.command("index", "--quiet", "--stdin"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, text=True)
            line = json.dumps({"id": f"s{number}", "title": f"行 {number}", "text": "x" * 2000}) + "\n"
            # It has the lock when more is read than a pipe holds.
            holder.stdin.write(line * 100)
            holder.stdin.flush()
            begin = time.monotonic()
            second = site.update()
            slowest = max(slowest, time.monotonic() - begin)
            check(second.status == 75, "the second writer:", second)
            site.read()
            if number % 3 == 0:
                second = site.update("--wait=0")
                check(second.status == 75 and "waiting" in second.errors, "--wait=0:", second)
                holder.kill()
                holder.wait()
                site.edit()
                second = site.update()
                check(second.status == 0, "after a kill:", second)
            elif number % 3 == 1:
                site.edit()
                waiting = site.start("index", "--quiet", "--wait", "--threads", "1", site.content)
                time.sleep(0.3)
                check(waiting.poll() is None, "it does not wait")
                holder.stdin.close()
                check(holder.wait() == 0, "the first writer")
                _, errors = waiting.communicate(timeout=60)
                check(waiting.returncode == 0, "the waiting writer:", errors)
            else:
                begin = time.monotonic()
                second = site.run("rollback", "--wait=1")
                took = time.monotonic() - begin
                check(second.status == 75 and took >= 1, "--wait=1:", second)
                holder.stdin.close()
                check(holder.wait() == 0, "the first writer")
                # Standard input is among the sources now; the folder alone is what `state` knows.
                site.edit()
                site.build()
            check(site.read()[1] == site.state(), "pair", number, "the state of the second writer is not there")
            bench.progress(f"{number + 1} of {pairs} pairs")
        check(slowest < 5, f"the second writer took {slowest:.1f} s")
    finally:
        site.close()
    return f"{pairs} pairs, never both; 75 after at most {slowest:.2f} s; --wait works, a killed writer holds nothing"


def server_start(bench, _):
    """serve with an absent or a damaged index says so; a damaged new commit leaves the old one served"""
    site = Site(bench.program, 23)
    server = None
    try:
        outcome = site.run("serve", "--port", "0")
        check(outcome.status == 66 and "no index" in outcome.errors, "absent:", outcome)
        site.build()
        segment = os.path.join(site.index, [name for name in site.names() if name.endswith(".seg")][0])
        with open(segment, "rb") as file:
            sound = file.read()
        with open(segment, "wb") as file:
            file.write(sound[:100] + bytes([sound[100] ^ 1]) + sound[101:])
        outcome = site.run("serve", "--port", "0")
        check(outcome.status == 65 and "damaged" in outcome.errors, "damaged:", outcome)
        with open(segment, "wb") as file:
            file.write(sound)
        server = bench.serve(site)
        before = server.read()
        site.edit()
        site.build()
        deadline = time.monotonic() + 10
        while server.read() == before:
            check(time.monotonic() < deadline, "the new commit is not served")
            time.sleep(0.05)
        before = server.read()
        with open(os.path.join(site.index, "commit"), "rb") as file:
            pointer = file.read()
        with open(os.path.join(site.index, "commit"), "wb") as file:
            file.write(pointer[:-1] + bytes([pointer[-1] ^ 1]))
        deadline = time.monotonic() + 10
        while not [line for line in server.lines if "refused" in line]:
            check(time.monotonic() < deadline, "nothing in the log:", server.lines)
            time.sleep(0.05)
        check(server.read() == before, "the old commit is not served on")
        # The damaged pointer is mended by going back, and served.
        outcome = site.run("rollback")
        check(outcome.status == 0, "rollback:", outcome)
        state = site.read()
        deadline = time.monotonic() + 10
        while server.read() != state:
            check(time.monotonic() < deadline, "the rollback is not served")
            time.sleep(0.05)
        check(server.stop() == 0, "it does not end with 0")
    finally:
        if server:
            server.kill()
        site.close()
    return "66 and 65; refused and logged; served on; a rollback mends it; SIGTERM: 0"
