"""A site on one port and its search on another, both on this machine, in a temporary folder."""

import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

GUIDE = [
    {"id": "guide", "title": "Zebrafish guide", "text": "How to keep a zebrafish.", "url": "guide.html", "lang": "en", "tags": ["fish"]},
    {"id": "guide-1", "title": "Feeding", "text": "Feed the zebrafish twice a day.", "url": "guide.html#feeding", "lang": "en", "tags": ["food"]},
    {"id": "guide-2", "title": "Water", "text": "The zebrafish likes clean water.", "url": "guide.html#water", "lang": "en", "tags": ["water"]},
    {"id": "bad", "title": "Zebrafish <img src=x onerror=alert(1)>", "text": "<script>alert(1)</script>", "url": "javascript:alert(1)", "lang": "en"},
]

PAGE = """<!doctype html>
<html lang="{lang}" class="{theme}"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}
<link rel="stylesheet" href="/site.css"><link rel="stylesheet" href="/search/search.css">
<script type="module" src="/search/search.js"></script></head>
<body><header><search-box endpoint="{endpoint}" recent="{recent}"><form action="{endpoint}"><input name="q" aria-label="Search"></form></search-box></header>
<main><h1>A page</h1><p>Some words, and a field: <input id="field" aria-label="A field"></p>{body}</main></body></html>"""

STYLE = """body { background: #fff; color: #222; font-family: serif } a { color: purple }
.dark body { background: #111; color: #eee }
p.long { margin: 0 0 120vh }"""


class Site:
    """`address` is that of the pages, `search` that of the endpoint."""

    # Where styles may come from, by the security policy of the pages.
    styles = "'self'"

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="search-site-")
        self.server = self.pages = None
        content, index = os.path.join(self.folder, "content"), os.path.join(self.folder, "index")
        self.pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.address = f"http://127.0.0.1:{self.pages.server_port}/"
        self.write(content)
        subprocess.run([program, "index", "--quiet", "--index", index, content], check=True)
        self.server = subprocess.Popen(
            [program, "serve", "--index", index, "--port", "0", "--cors", self.address.rstrip("/")],
            stderr=subprocess.PIPE, text=True)
        self.search = re.search(r"address=(\S+)", self.server.stderr.readline()).group(1)
        subprocess.run([program, "widget", "--quiet", "--out", os.path.join(self.folder, "widget"), "--endpoint", self.search], check=True)
        threading.Thread(target=self.pages.serve_forever, daemon=True).start()

    def write(self, content):
        """What is indexed, into a folder that is not there yet."""
        shutil.copytree(os.path.join(ROOT, "Data"), content)
        with open(os.path.join(content, "guide.jsonl"), "w") as file:
            file.writelines(json.dumps(entry) + "\n" for entry in GUIDE)

    def page(self, path):
        """The bytes and the type of what is at a path; None when nothing is."""
        name, _, query = path.partition("?")
        choices = dict(part.split("=") for part in query.split("&") if part)
        if name.startswith("/search/") and name.removeprefix("/search/") in ("search.js", "search.css"):
            with open(os.path.join(self.folder, "widget", os.path.basename(name)), "rb") as file:
                return file.read(), "text/javascript" if name.endswith(".js") else "text/css"
        if name == "/favicon.ico":
            return b"", "image/x-icon"
        if name == "/site.css":
            return STYLE.encode(), "text/css"
        filled = dict(lang="en", theme="", head="", recent="on", body="", endpoint=self.search) | choices
        if name == "/guide.html":
            filled["body"] = "".join(f'<p class="long">…</p><h2 id="{part}">{part}</h2>' for part in ("feeding", "water"))
        elif name != "/deep/page.html":
            return None
        return PAGE.format(**filled).encode(), "text/html; charset=utf-8"

    def handler(site):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                found = site.page(self.path)
                self.send_response(200 if found else 404)
                self.send_header("Content-Security-Policy", f"default-src 'none'; script-src 'self'; style-src {site.styles}; "
                                 f"img-src 'self'; base-uri 'none'; form-action 'self' {site.search}; connect-src 'self' {site.search}")
                self.send_header("Content-Type", found[1] if found else "text/plain")
                self.end_headers()
                self.wfile.write(found[0] if found else b"nothing here")

            def log_message(self, *_):
                pass
        return Handler

    def stop(self):
        """Ends the endpoint as its owner would; fails if it does not end well."""
        self.server.send_signal(signal.SIGTERM)
        assert self.server.wait(10) == 0, "the server ends with 0"

    def close(self):
        if self.server and self.server.poll() is None:
            self.server.kill()
        if self.pages:
            self.pages.shutdown()
        shutil.rmtree(self.folder, ignore_errors=True)
