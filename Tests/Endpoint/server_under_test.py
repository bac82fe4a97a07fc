"""A `search serve` of our own on this machine, in a temporary folder, and plain sockets to talk to it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTROL = "/search?q=%E5%A4%9A%E9%9B%86%E7%BE%A4&limit=1"


class Server:
    def __init__(self, program, *flags, limit=None):
        """limit: of open files, for a server that may have few."""
        self.program = program
        self.folder = tempfile.mkdtemp(prefix="search-endpoint-")
        self.index = os.path.join(self.folder, "index")
        self.content = os.path.join(self.folder, "content")
        shutil.copytree(os.path.join(ROOT, "Data"), self.content)
        self.commit()
        self.process = subprocess.Popen(
            [*(["prlimit", f"--nofile={limit}"] if limit else []), program, "serve", "--index", self.index, "--port", "0", *flags],
            stderr=subprocess.PIPE, text=True)
        self.port = int(re.search(r"address=http://127.0.0.1:(\d+)/", self.process.stderr.readline()).group(1))
        self.lines = []
        # What a part makes happen may be in the log.
        self.forgiven = set()
        threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True).start()
        self.expected = self.total()

    def commit(self):
        """Publishes what is in the content folder."""
        subprocess.run([self.program, "index", "--quiet", "--index", self.index, self.content], check=True)

    def connect(self, timeout=15):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def exchange(self, data, timeout=15):
        """Everything the server says to some bytes until it closes, or until it waits for more."""
        with self.connect(timeout) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before the end
            return read_all(connection)

    def get(self, target, timeout=15):
        """Status, fields and body of an answer."""
        head, _, body = self.exchange(f"GET {target} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode(), timeout).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        return int(lines[0].split()[1]) if lines[0] else 0, fields, body

    def total(self):
        status, _, body = self.get(CONTROL)
        assert status == 200, (status, body)
        return json.loads(body)["total"]

    def check(self):
        """The control query is answered as in the beginning."""
        assert self.total() == self.expected and self.process.poll() is None

    def memory(self):
        """Bytes of its own, without mapped files."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read()).group(1)) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0, "the server ends with 0"
        failures = [line for line in self.lines if " error " in line and not any(reason in line for reason in self.forgiven)]
        assert not failures, failures[:5]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def read_all(connection):
    data = b""
    try:
        while chunk := connection.recv(65536):
            data += chunk
    except OSError:
        pass  # reset, or nothing more for a while
    return data


def statuses(data):
    """Statuses of the answers in a stream, in order."""
    return [int(status) for status in re.findall(rb"(?:^|(?<=[}\n>]))HTTP/1\.1 (\d{3})", data)]


class Prober(threading.Thread):
    """Asks for the health of the server all the time, as those would who decide to restart it."""

    def __init__(self, server, pause=0.1):
        super().__init__(daemon=True)
        self.server, self.pause, self.is_running, self.times, self.failures = server, pause, True, [], []
        self.start()

    def run(self):
        while self.is_running:
            start = time.monotonic()
            try:
                status = self.server.get("/healthz", 5)[0]
            except OSError as error:
                status = error
            self.times.append(time.monotonic() - start)
            if status != 200:
                self.failures.append(status)
            time.sleep(self.pause)

    def finish(self):
        self.is_running = False
        self.join()
        worst = max(self.times) * 1000
        assert not self.failures, self.failures[:5]
        return f"{len(self.times)} health probes, slowest {worst:.0f} ms", worst
