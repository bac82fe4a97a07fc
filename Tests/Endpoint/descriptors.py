"""Descriptors: more connections than there may be open files, from the start and all of a sudden."""

import os
import resource
import select
import time

from server_under_test import Server

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"


def answered(connections, seconds):
    """Those that are answered within some time, each asked once; they stay open."""
    for connection in connections:
        connection.sendall(HEALTH)
    return heard(connections, seconds)


def heard(connections, seconds):
    end, waiting, found = time.monotonic() + seconds, list(connections), []
    while waiting and (left := end - time.monotonic()) > 0:
        for connection in select.select(waiting, [], [], left)[0]:
            waiting.remove(connection)
            try:
                if b'"status":"ok"' in connection.recv(65536):
                    found.append(connection)
            except OSError:
                pass
    return found


def processor_seconds(server):
    with open(f"/proc/{server.process.pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settle(server, count):
    """Waits until no more descriptors are open than there were."""
    end = time.monotonic() + 10
    while server.descriptors() > count:
        assert time.monotonic() < end, f"{server.descriptors()} descriptors, {count} before"
        time.sleep(0.1)


def few(program, limit=64, count=150):
    """A server that may open few files: so many clients are served at once, the others wait for their turn."""
    server = Server(program, limit=limit)
    try:
        before = server.descriptors()
        clients = [server.connect(timeout=2) for _ in range(count)]
        served = answered(clients, 3)
        assert 8 <= len(served) < limit and server.descriptors() <= limit, (len(served), server.descriptors())
        assert len(answered(served, 3)) == len(served), "those who are served stay served"
        for client in served:
            client.close()
        rest = [client for client in clients if client not in served]
        # Their requests were sent already and wait.
        late = len(heard(rest, 3))
        assert late >= 8, f"{late} of {len(rest)} after their turn came"
        for client in rest:
            client.close()
        settle(server, before)
        server.check()
        server.stop()
    finally:
        server.close()
    return f"{limit} descriptors, {count} clients: {len(served)} served at once, {late} of the others when it was their turn"


def sudden(server, count=60):
    """A limit lowered while it runs: accepting fails for want of descriptors, and goes on when there are some."""
    server.forgiven.add("Too many open files")
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    before = server.descriptors()
    held = server.connect(timeout=5)
    assert answered([held], 5)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (server.descriptors() + 4, hard))
    clients = []
    try:
        clients = [server.connect(timeout=1) for _ in range(count)]
        start, worked = time.monotonic(), processor_seconds(server)
        served = len(answered(clients, 3))
        assert served <= 4 and server.process.poll() is None, served
        assert answered([held], 5), "who was connected before is answered"
        share = (processor_seconds(server) - worked) / (time.monotonic() - start)
        for client in clients:
            client.close()
        clients = []
        # Still with the low limit: there is room again.
        assert answered([server.connect(timeout=10)], 10), "nobody is taken after the clients have gone"
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
        for client in clients:
            client.close()
    held.close()
    server.check()
    settle(server, before)
    return f"{count} clients for 4 descriptors: {served} served, accepting went on when they had gone; {share * 100:.0f} % of a core meanwhile"


def descriptors(server):
    """descriptors run out, from the start and all of a sudden: served are those there is room for, and later the others"""
    return few(server.program) + "; " + sudden(server)


ALL = [descriptors]
