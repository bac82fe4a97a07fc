"""Clients that mean harm, or do not know better: none may be answered wrongly, and none may keep others waiting."""

import random
import selectors
import time

from server_under_test import Prober, read_all, statuses

GOOD = b"GET /search?q=zzq%d HTTP/1.1\r\nHost: t\r\nAccept: */*\r\nConnection: close\r\n\r\n"
PIECES = [b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"\xff\xfe", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n",
          b"Host: u\r\n", b"HTTP/1.1", b"GET ", b"%00", b"%zz", b"/../", b"?", b"#", b"0\r\n\r\n", b"A" * 9000]


def malformed(server, count=1000, seed=1):
    """malformed requests: 4xx or the end, never 5xx, never the answer of somebody else"""
    chance = random.Random(seed)
    counts = {}
    for number in range(count):
        data = bytearray(GOOD % number)
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(data))
            match chance.randrange(5):
                case 0: data[place] = chance.randrange(256)
                case 1: data[place:place] = chance.choice(PIECES)
                case 2: del data[place:place + chance.randint(1, 12)]
                case 3: data[place:place] = data[:chance.randint(1, 60)]
                case 4: data = data[:place]
            data = data or bytearray(b"G")
        said = server.exchange(bytes(data))
        for status in statuses(said) or [0]:
            counts[status] = counts.get(status, 0) + 1
            assert status < 500, (number, data, said)
        others = {int(name.split(b'"')[0]) for name in said.split(b'"query":"zzq')[1:] if name.split(b'"')[0].isdigit()} - {number}
        assert all(b"zzq%d" % other in data for other in others), (number, data, said)
        if number % 50 == 0:
            server.check()
    server.check()
    return f"{count} requests: " + ", ".join(f"{status or 'closed'} {n}" for status, n in sorted(counts.items()))


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
SMUGGLERS = [
    (b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), (b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n", b"0\r\n\r\n"),
    (b"Content-Length: %d\r\nContent-Length: 0\r\n", b""), (b"Content-Length: 0\r\nContent-Length: %d\r\n", b""),
    (b"Content-Length: +%d\r\n", b""), (b"Content-Length: %d, 0\r\n", b""), (b"Content-Length : %d\r\n", b""), (b"Content-Length: 0x%d\r\n", b""),
    (b"Transfer-Encoding: xchunked\r\nContent-Length: %d\r\n", b""), (b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n"), (b"Transfer-Encoding:\tchunked\r\n", b"0\r\n\r\n"),
    (b"Transfer-Encoding: chunked\r\n", b"0;x=\r\n\r\n"), (b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\n"),
    (b"Content-Length: %d\r\n", b""), (b"X: a\r\n Content-Length: %d\r\n", b""), (b"X: a\rContent-Length: %d\r\n", b""), (b"X\0: a\r\n", b""),
]


def smuggled(server):
    """requests hidden in others: one answer at most, and the connection ends"""
    for fields, body in SMUGGLERS:
        for method in [b"GET", b"POST", b"HEAD", b"OPTIONS"]:
            filled = fields % len(SMUGGLED) if b"%d" in fields else fields
            said = server.exchange(method + b" /search?q=a HTTP/1.1\r\nHost: t\r\n" + filled + b"\r\n" + body + SMUGGLED)
            found = statuses(said)
            assert b'"status":"ok"' not in said, (method, filled, said)
            assert len(found) <= 1 and all(status < 500 for status in found), (method, filled, said)
    server.check()
    return f"{4 * len(SMUGGLERS)} requests"


def traversal(server):
    """paths that lead out: 404 or 400, no file, no path of this machine"""
    ups = ["..", "%2e%2e", "%2e.", ".%2e", "%252e%252e", "..%2f", "..%5c", "..\\", "%c0%ae%c0%ae", "....//", "..;", "/..", "\uff0e\uff0e", "..%00", "~", "."]
    files = ["etc/passwd", "etc/shadow", "proc/self/environ", "proc/self/cmdline", "search.js", "commit", ".search/commit", "index/commit"]
    targets = [f"/{'/'.join([up] * depth)}/{file}" for up in ups for file in files for depth in (1, 6)]
    targets += [f"/{file}" for file in files if file != "search.js"] + ["//etc/passwd", "///", "/search/../healthz", "/search;x", "/search%2f", "/SEARCH?q=a",
                "http://t/etc/passwd", "file:///etc/passwd", "/%", "/%2", "/\x7f"]
    for target in targets:
        said = server.exchange(f"GET {target} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode())
        found = statuses(said)
        assert found and found[0] in (400, 404), (target, said)
        assert b"root:" not in said and server.folder.encode() not in said, (target, said)
    server.check()
    return f"{len(targets)} paths"


def oversized(server):
    """too much of everything: refused by name, and memory stays"""
    before = server.memory()
    cases = [(414, b"GET /search?q=%s HTTP/1.1\r\nHost: t\r\n\r\n" % (b"a" * size)) for size in (8_300, 100_000, 10_000_000)]
    cases += [(431, b"GET / HTTP/1.1\r\n%s\r\n" % fields) for fields in (
        b"X: " + b"a" * 17_000 + b"\r\n", b"X: " + b"a" * 10_000_000 + b"\r\n", b"X: a\r\n" * 101, b"X: a\r\n" * 200_000, b"a" * 20_000 + b": x\r\n")]
    cases += [(413, b"GET /search?q=a HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size) for size in (1, 70_000, 5_000_000)]
    cases += [(400, b"GET /search?q=" + b"a" * 4_200 + b" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"),
              (400, b"GET /search?q=" + b"a+" * 70 + b" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"),
              (400, b"GET /search?q=a&limit=1001 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"),
              (400, b"GET /search?q=a&offset=10001 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")]
    for _ in range(5):
        for status, data in cases:
            said = server.exchange(data)
            assert statuses(said) == [status], (status, data[:80], said[:200])
    server.check()
    grown = (server.memory() - before) / (1 << 20)
    assert grown <= 16, f"memory grew by {grown:.1f} MiB"
    return f"{5 * len(cases)} requests, memory grew by {grown:.1f} MiB"


def slow(server, count=300):
    """slow heads, slow bodies, idle and never-reading clients: all cut within 40 s, others answered meanwhile"""
    prober = Prober(server)
    start = time.monotonic()
    connections = []
    for number in range(count):
        connection = server.connect()
        connection.setblocking(False)
        first = [b"GET /search?q=a HTTP/1.1\r\nX-", b"POST /search HTTP/1.1\r\nHost: t\r\nContent-Length: 60000\r\n\r\n", b"",
                 b"GET /search.js HTTP/1.1\r\nHost: t\r\n\r\n" * 400][number % 4]
        connection.send(first)
        connections.append((number % 4, connection))
    closed = {}
    while connections and time.monotonic() - start < 75:
        time.sleep(1)
        server.check()
        with open("/proc/net/tcp") as file:
            established = file.read()
        left = []
        for kind, connection in connections:
            try:
                if kind < 2:
                    connection.send(b"a")
                if kind != 3 and connection.recv(65536) == b"":
                    raise ConnectionError
                if kind == 3:
                    # The end of the stream waits behind what is not read: the server's side tells.
                    if f"0100007F:{server.port:04X} 0100007F:{connection.getsockname()[1]:04X} 01" not in established:
                        raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                connection.close()
                closed[kind] = time.monotonic() - start
                continue
            left.append((kind, connection))
        connections = left
    told, worst = prober.finish()
    assert not connections, f"{len(connections)} connections still open, kinds {sorted({kind for kind, _ in connections})}"
    last = max(closed.values())
    assert last <= 45 and worst <= 200, (closed, worst)
    names = ["heads", "bodies", "idle", "not reading"]
    return f"{count} connections, " + ", ".join(f"{names[kind]} all closed after {seconds:.0f} s" for kind, seconds in sorted(closed.items())) + f"; {told}"


def pipelined(server, count=300, requests=1000):
    """clients that send a thousand requests at once and read: every one answered, others answered meanwhile"""
    probes = Prober(server, pause=0.02)
    request = b"GET /healthz HTTP/1.1\r\nHost: t\r\n"
    unsent = {server.connect(): (request + b"\r\n") * (requests - 1) + request + b"Connection: close\r\n\r\n"
              for _ in range(count)}
    answers = {connection: [] for connection in unsent}
    start = time.monotonic()
    with selectors.DefaultSelector() as waiting:
        for connection in unsent:
            connection.setblocking(False)
            waiting.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while waiting.get_map() and time.monotonic() - start < 120:
            for key, events in waiting.select(1):
                connection = key.fileobj
                if events & selectors.EVENT_WRITE:
                    unsent[connection] = unsent[connection][connection.send(unsent[connection]):]
                    if not unsent[connection]:
                        waiting.modify(connection, selectors.EVENT_READ)
                if events & selectors.EVENT_READ:
                    try:
                        answers[connection].append(connection.recv(1 << 20))
                    except ConnectionError:
                        answers[connection].append(b"")
                    if not answers[connection][-1]:
                        waiting.unregister(connection)
                        connection.close()
    seconds = time.monotonic() - start
    told, worst = probes.finish()
    counts = {b"".join(parts).count(b"HTTP/1.1 200 ") for parts in answers.values()}
    assert counts == {requests}, counts
    assert worst <= 200, worst
    server.check()
    return f"{count * requests} answers in {seconds:.1f} s; {told}"


ALL = [malformed, smuggled, traversal, oversized, slow, pipelined]
