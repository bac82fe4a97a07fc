"""Load: more clients than there is room for, commits under way, and very many requests."""

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import threading
import time
import urllib.parse

from server_under_test import Prober

WORDS = ["多集群", "集群", "网关", "安全", "可观测", "调度", "镜像", "存储", "istio", "kubernetes", "karmada", "gateway", "mesh", "helm", "ingress", "k8s"]


def target(chance):
    """A search that was hardly asked before."""
    words = "+".join(map(urllib.parse.quote, chance.sample(WORDS, chance.randint(1, 3))))
    extra = chance.choice(["", "&prefix=last", "&facets=category,tags,lang", "&facet=lang:zh", "&sort=date"])
    return f"/search?q={words}&limit={chance.randint(1, 40)}&offset={chance.randint(0, 30)}{extra}"


async def client(port, chance, end, record):
    while time.monotonic() < end:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while time.monotonic() < end:
                start = time.monotonic()
                writer.write(f"GET {target(chance)} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
                head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)).decode()
                status = int(head.split()[1])
                body = await reader.readexactly(int(re.search(r"Content-Length: (\d+)", head).group(1)))
                record(status, time.monotonic() - start, head, body)
                if status == 503:
                    await asyncio.sleep(chance.uniform(0.5, 1.5) * int(re.search(r"Retry-After: (\d+)", head).group(1)))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            record(0, 0, str(error), b"")
        finally:
            writer.close()


def clients(port, count, seconds, record, seed=1):
    async def all_of_them():
        end = time.monotonic() + seconds
        await asyncio.gather(*(client(port, random.Random(seed * 1000 + number), end, record) for number in range(count)))
    asyncio.run(all_of_them())


def overload(server, count=300, seconds=10):
    """300 clients at once: what is accepted is answered within a second, the rest is told to come again"""
    prober = Prober(server)
    found = []
    clients(server.port, count, seconds, lambda status, duration, head, body: found.append((status, duration)))
    told, worst = prober.finish()
    accepted = sorted(duration for status, duration in found if status == 200)
    refused = sum(status == 503 for status, _ in found)
    assert len(accepted) + refused == len(found), sorted({status for status, _ in found})
    last = accepted[int(len(accepted) * 0.99)]
    server.check()
    assert last <= 1 and worst <= 200, f"p99 {last:.2f} s, slowest probe {worst:.0f} ms"
    return f"{len(accepted)} accepted, p50 {accepted[len(accepted) // 2] * 1000:.0f} ms, p99 {last * 1000:.0f} ms; {refused} refused; {told}"


def commits(server, count=500):
    """500 commits while 4 clients ask: every request answered, from one commit, and no descriptor left behind"""
    failures, answers, seen = [], [0], set()
    is_running = [True]

    def record(status, duration, head, body):
        if status != 200:
            failures.append((status, head))
            return
        answers[0] += 1
        seen.add(json.loads(body)["commit"])

    def ask(number):
        while is_running[0]:
            clients(server.port, 1, 0.5, record, seed=number)

    server.get("/suggest?q=a")
    before = server.descriptors()
    askers = [threading.Thread(target=ask, args=[number]) for number in range(4)]
    for asker in askers:
        asker.start()
    start = time.monotonic()
    for number in range(count):
        with open(os.path.join(server.content, "changing.jsonl"), "w") as file:
            file.writelines(json.dumps({"id": f"n{i}", "title": f"集群 {number} {i}"}) + "\n" for i in range(number % 7 + 1))
        server.commit()
    took = time.monotonic() - start
    time.sleep(1)
    is_running[0] = False
    for asker in askers:
        asker.join()
    newest = json.loads(server.get("/healthz")[2])["commit"]
    os.remove(os.path.join(server.content, "changing.jsonl"))
    server.commit()
    time.sleep(1)
    server.check()
    left = server.descriptors() - before
    assert not failures, failures[:3]
    assert newest == count + 1 and left <= 4, (newest, left)
    return f"{count} commits in {took:.0f} s, {answers[0]} answers from {len(seen)} commits, {left} descriptors more"


SCRIPT = """
local words = {%s}
local count = 0
request = function()
  count = count + 1
  if count %% 10 == 0 then return wrk.format("GET", "/healthz") end
  if count %% 10 == 1 then return wrk.format("GET", "/suggest?q=" .. words[math.random(#words)]) end
  if count %% 10 == 2 then return wrk.format("GET", "/search.js", {["Accept-Encoding"] = "gzip"}) end
  return wrk.format("GET", "/search?q=" .. words[math.random(#words)] .. "+" .. words[math.random(#words)]
    .. "&limit=" .. math.random(%d), {["Accept-Encoding"] = "gzip"})
end
"""


def soak(server, count=2_000_000):
    """two million requests: memory and descriptors stay"""
    wrk = shutil.which("wrk")
    if not wrk:
        return "not done: no wrk here (apt-get install wrk)"
    script = os.path.join(server.folder, "soak.lua")
    with open(script, "w") as file:
        quoted = ", ".join('"' + "".join(f"%{byte:02X}" for byte in word.encode()) + '"' for word in WORDS)
        file.write(SCRIPT % (quoted, 20))
    done, samples, bad = 0, [], 0
    start = time.monotonic()
    while done < count:
        said = subprocess.run([wrk, "-t1", "-c8", "-d5", "-s", script, f"http://127.0.0.1:{server.port}"],
                              capture_output=True, text=True, check=True).stdout
        done += int(re.search(r"(\d+) requests in", said).group(1))
        bad += int((re.search(r"Non-2xx or 3xx responses: (\d+)", said) or [0, 0])[1])
        bad += sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", said)))
        samples.append((done, server.memory(), server.descriptors()))
    took = time.monotonic() - start
    server.check()
    early = max(memory for done, memory, _ in samples if done <= max(count / 4, samples[0][0])) / (1 << 20)
    late = samples[-1][1] / (1 << 20)
    assert bad == 0, f"{bad} failed"
    assert late <= early * 1.1 + 4 and samples[-1][2] <= samples[0][2] + 8, (early, late, samples[0], samples[-1])
    return f"{done} requests in {took:.0f} s, memory {early:.0f} MiB after a quarter, {late:.0f} at the end; {samples[-1][2]} descriptors"


ALL = [overload, commits, soak]
