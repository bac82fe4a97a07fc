#!/usr/bin/env python3
"""nginx and Caddy in front of `search serve`, with the configurations of Scripts/deploy, really started.

    Tests/Endpoint/behind_proxies.py [--search .build/release/search] [nginx|caddy…]

Page, box (in Debian's chromium where it is installed), answers, dialects, limit per visitor, address of the visitor in the access log. Everything
happens on this machine, on free ports: visitors are addresses of 127.0.0.0/8, of which only 127.0.0.1 is trusted.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Browser"))
from devtools import Browser  # noqa: E402
from server_under_test import ROOT, Server  # noqa: E402

DEPLOY = os.path.join(ROOT, "Scripts", "deploy")
QUERY = "/search-api/search?q=%E5%A4%9A%E9%9B%86%E7%BE%A4&limit=2"
BURST = 8


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def snippet(name, port):
    with open(os.path.join(DEPLOY, name)) as file:
        return file.read().replace("127.0.0.1:7720", f"127.0.0.1:{port}")


def nginx(folder, port, behind):
    """The location of Scripts/deploy/nginx.conf in a server of its own, without any right."""
    path = os.path.join(folder, "nginx.conf")
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(path, "w") as file:
        file.write(
            f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}"
            f"server {{\nlisten 127.0.0.1:{port};\n{snippet('nginx.conf', behind)}}}\n}}\n")
    return ["nginx", "-c", path, "-e", "stderr"]


def caddy(folder, port, behind):
    """The block of Scripts/deploy/Caddyfile in a site of its own."""
    path = os.path.join(folder, "Caddyfile")
    with open(path, "w") as file:
        file.write(f"{{\nadmin off\n}}\nhttp://127.0.0.1:{port} {{\nbind 127.0.0.1\n{snippet('Caddyfile', behind)}}}\n")
    return ["caddy", "run", "--config", path, "--adapter", "caddyfile"]


class Visitor:
    """Somebody with an address of their own."""

    def __init__(self, port, address):
        self.port, self.address = port, address

    def ask(self, target, body=None, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(self.address, 0))
        try:
            connection.request("POST" if body else "GET", target, body, {name.replace("_", "-"): value for name, value in fields.items()})
            answer = connection.getresponse()
            return answer.status, dict((name.lower(), value) for name, value in answer.getheaders()), answer.read()
        finally:
            connection.close()


def wait_until_listening(port, process):
    for _ in range(200):
        assert process.poll() is None, process.stderr.read().decode()[-2000:]
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("it does not listen")


def works(port):
    """Page, box, answers; gives back the names of the dialects that answer."""
    visitor = Visitor(port, "127.0.0.20")
    status, fields, body = visitor.ask("/search-api/")
    assert status == 200 and b"<form" in body and fields["content-type"].startswith("text/html"), (status, fields)
    assert "default-src" in fields.get("content-security-policy", ""), fields
    status, fields, body = visitor.ask("/search-api/search.js")
    assert status == 200 and b"search-box" in body, status
    # As the box asks while somebody types.
    status, fields, body = visitor.ask(QUERY + "&prefix=last", Accept_Encoding="gzip")
    assert status == 200, (status, body)
    status, fields, body = visitor.ask(QUERY)
    assert status == 200 and json.loads(body)["total"] > 0, (status, body)
    assert visitor.ask(QUERY, If_None_Match=fields["etag"])[0] == 304
    dialects = []
    for name, target, body, expected in [
        ("Meilisearch", "/search-api/indexes/docs/search", b'{"q":"Karmada"}', "estimatedTotalHits"),
        ("Algolia", "/search-api/1/indexes/*/queries", b'{"requests":[{"indexName":"docs","query":"Karmada"}]}', "results"),
    ]:
        status, _, answer = Visitor(port, "127.0.0.21").ask(target, body, Content_Type="application/json")
        assert status == 200 and expected in json.loads(answer), (name, status, answer[:300])
        dialects.append(name)
    # What a visitor says of itself counts for nothing.
    assert Visitor(port, "127.0.0.30").ask(QUERY, X_Forwarded_For="203.0.113.1", Forwarded="for=203.0.113.1")[0] == 200
    return dialects


def shows_hits(port):
    """Somebody types into the page; false without a browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        return False
    browser = Browser(program)
    try:
        for domain in ["Page", "Runtime", "Log", "Network"]:
            browser.call(f"{domain}.enable")
        browser.speak("zh-CN,zh;q=0.9")
        browser.open(f"http://127.0.0.1:{port}/search-api/")
        browser.evaluate("document.querySelector('.search-input').focus()")
        browser.type("多集群")
        browser.until("document.querySelectorAll('.search-hit mark').length > 0")
        assert browser.evaluate("document.querySelector('.search-hit mark').textContent") == "多集群"
        assert not browser.complaints(), browser.complaints()
    finally:
        browser.close()
    return True


def limit_holds(port):
    greedy = Visitor(port, "127.0.0.31")
    answers = [greedy.ask(QUERY, X_Forwarded_For=f"203.0.113.{number}") for number in range(3 * BURST)]
    refused = [fields for status, fields, _ in answers if status == 429]
    assert [status for status, _, _ in answers][:BURST] == [200] * BURST and len(refused) > BURST, len(refused)
    assert all(int(fields["retry-after"]) >= 1 for fields in refused)
    assert Visitor(port, "127.0.0.32").ask(QUERY)[0] == 200, "another visitor is not refused"
    return len(refused)


def run(program, front):
    folder = tempfile.mkdtemp(prefix="search-front-")
    os.chmod(folder, 0o755)
    configuration, log = os.path.join(folder, "search.yaml"), os.path.join(folder, "access.jsonl")
    with open(configuration, "w") as file:
        file.write(f"serve:\n  rate: {{per_ip: 6/m, burst: {BURST}}}\n  access_log: {{path: {log}, ip: full}}\n")
    server = Server(program, "--config", configuration)
    process = None
    try:
        port = free_port()
        process = subprocess.Popen(
            front(folder, port, server.port), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
            env={**os.environ, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder, "HOME": folder})
        wait_until_listening(port, process)
        dialects = works(port)
        in_browser = shows_hits(port)
        refused = limit_holds(port)
        server.stop()
        with open(log) as file:
            addresses = {entry["ip"] for entry in map(json.loads, file)}
        expected = {"127.0.0.20", "127.0.0.21", "127.0.0.30", "127.0.0.31", "127.0.0.32"}
        assert expected <= addresses and not any(address.startswith("203.") for address in addresses), addresses
        box = "box in Chromium" if in_browser else "files of the box"
        return f"page, {box}, answers, {' and '.join(dialects)}; {refused} refused; addresses right"
    finally:
        if process:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--search", default=os.path.join(ROOT, ".build/release/search"), help="the program")
    options.add_argument("fronts", nargs="*", help="nginx, caddy (default: those that are installed)")
    options = options.parse_args()
    failed = 0
    for front in (nginx, caddy):
        if options.fronts and front.__name__ not in options.fronts:
            continue
        if not options.fronts and not shutil.which(front.__name__):
            print(f"skipped {front.__name__}: not installed")
            continue
        try:
            print(f"passed {front.__name__}: {run(options.search, front)}", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"FAILED {front.__name__}: {str(error)[:2000]}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
