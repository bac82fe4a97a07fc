#!/usr/bin/env python3
"""The unchanged DocSearch bundle of the Python package `sphinx-docsearch` in a real browser, against `search serve`.

    Tests/Dialects/docsearch_test.py [--search .build/debug/search] [--screenshots DIR] [NAME…]

Indexes a small MkDocs site, serves it on one free port and a page with DocSearch on another, and drives Debian's
chromium. The bundle is taken from the installed package. Without chromium or the package it says so and ends with 0.
"""

import argparse
import importlib.util
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Browser"))
from devtools import Browser  # noqa: E402
from site_on_this_machine import ROOT, Site  # noqa: E402

PAGE = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>DocSearch</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docsearch.css"></head>
<body><div id="search"></div><h1>手册</h1><script src="/docsearch.js"></script><script src="start.js"></script></body></html>"""

# As ALGOLIA.md says, but for the scheme.
START = """docsearch({
  container: "#search", appId: "local", apiKey: "search", indexName: "docs", insights: false, maxResultsPerGroup: 20,%s
  transformSearchClient: client => {
    const hosts = client.transporter.hosts;
    hosts.splice(0, hosts.length, { url: "%s", accept: "readWrite", protocol: "http" });
    return client;
  },
});"""

# What Docusaurus adds on its pages.
CONTEXT = """
  searchParameters: { facetFilters: ["language:zh-Hans", ["docusaurus_tag:default", "docusaurus_tag:docs-default-current"]] },"""

PAGES = {
    "zebrafish.md": "# Zebrafish\n\nA small fish.\n\n## Feeding\n\nFeed the zebrafish twice a day, that's enough.\n",
    "evil.md": "---\ntitle: \"Alert <img src=x onerror=alert(1)>\"\n---\n\n`<script>alert(1)</script>` is a text.\n\n"
               "## Alert \\<img src=x onerror=alert(2)>\n\nMore.\n",
    "gateway.md": "---\ntitle: 网关手册\ncategories: [运维]\n---\n\n先装网关，再接入集群。\n\n## 安装步骤\n\n每个多集群网关装一次就够。\n",
}

HITS = "document.querySelectorAll('.DocSearch-Hit')"
# Texts of the site are text: no element of theirs is in the list.
NO_MARKUP = ("!document.querySelector('.DocSearch-Modal :is(.DocSearch-Hit-title, .DocSearch-Hit-path, "
             ".DocSearch-Hit-source) :is(img, script)')")


class DocSearchSite(Site):
    """A MkDocs site whose pages have DocSearch: as it comes in `/plain/`, as Docusaurus sets it up in `/context/`."""

    # The bundle sets some of its styles itself.
    styles = "'self' 'unsafe-inline'"

    def __init__(self, program, bundle):
        self.bundle = bundle
        self.visits = 0
        super().__init__(program)

    def write(self, content):
        shutil.copytree(os.path.join(ROOT, "Data", "docs"), os.path.join(content, "docs"))
        for name, text in PAGES.items():
            with open(os.path.join(content, "docs", name), "w") as file:
                file.write(text)
        with open(os.path.join(content, "mkdocs.yml"), "w") as file:
            file.write(f"site_name: 手册\nsite_url: {self.address}\n")

    def page(self, path):
        folder, _, name = path.partition("?")[0].strip("/").partition("/")
        if folder in ("docsearch.js", "docsearch.css"):
            with open(os.path.join(self.bundle, folder), "rb") as file:
                return file.read(), "text/javascript; charset=utf-8" if folder.endswith("js") else "text/css"
        if name == "start.js":
            host = self.search.removeprefix("http://").rstrip("/")
            return (START % (CONTEXT if folder == "context" else "", host)).encode(), "text/javascript"
        if folder == "favicon.ico":
            return b"", "image/x-icon"
        return PAGE.encode(), "text/html; charset=utf-8"


def ask(browser, site, query, path="plain/"):
    site.visits += 1
    browser.open(f"{site.address}{path}?{site.visits}")
    browser.until(f"location.search === '?{site.visits}' && !!document.querySelector('.DocSearch-Button')")
    browser.evaluate("document.querySelector('.DocSearch-Button').click()")
    browser.until("document.activeElement?.classList.contains('DocSearch-Input')")
    browser.type(query)


def texts(browser, selector):
    return browser.evaluate(f"[...document.querySelectorAll('{selector}')].map(e => e.textContent)")


def chinese(browser, site, options):
    """a Chinese query shows groups of hits with marks, headings below their page"""
    ask(browser, site, "多集群")
    browser.until(f"{HITS}.length > 4")
    if options.screenshots:
        browser.rest(0.3)
        browser.screenshot(os.path.join(options.screenshots, "docsearch.png"))
    marks = texts(browser, ".DocSearch-Hit mark")
    assert len(marks) > 3 and set(marks) == {"多集群"}, marks
    groups = texts(browser, ".DocSearch-Hit-source")
    assert groups[0] == "多集群管理" and "运维" in groups, groups
    assert texts(browser, ".DocSearch-Hit--Child .DocSearch-Hit-title"), "headings stand below their page"
    first = "document.querySelector('.DocSearch-Hit a')"
    assert browser.evaluate(f"{first}.href") == site.address + "multi-cluster/"
    colour = browser.evaluate("getComputedStyle(document.querySelector('.DocSearch-Hit mark')).color")
    plain = browser.evaluate("getComputedStyle(document.querySelector('.DocSearch-Hit-path')).color")
    assert colour != plain, "marks are seen"


def section(browser, site, options):
    """a section that its text is found by shows that text, and a click goes to its anchor"""
    ask(browser, site, "每个多集群网关")
    browser.until("!!document.querySelector('.DocSearch-Hit mark')")
    assert "每个多集群网关装一次就够。" in texts(browser, ".DocSearch-Hit-title")
    browser.press("ArrowDown")
    links = browser.evaluate("[...document.querySelectorAll('.DocSearch-Hit a')].map(a => a.href)")
    wanted = [link for link in links if link.startswith(site.address + "gateway/#")]
    assert wanted, links
    browser.evaluate(f"[...document.querySelectorAll('.DocSearch-Hit a')].find(a => a.href === '{wanted[0]}').click()")
    browser.until(f"location.href === '{wanted[0]}'")


def hostile(browser, site, options):
    """what looks like HTML in a title or a text stays text, also among recent searches"""
    ask(browser, site, "alert")
    browser.until(f"{HITS}.length > 1")
    shown = browser.evaluate("document.querySelector('.DocSearch-Dropdown').textContent")
    assert "Alert <img src=x onerror=alert(1)>" in shown and "<script>alert(1)</script>" in shown, shown
    assert browser.evaluate(NO_MARKUP)
    browser.evaluate("document.querySelector('.DocSearch-Hit a').click()")
    browser.until("location.pathname === '/evil/'")
    # Recent searches show when a query is taken back.
    ask(browser, site, "z")
    browser.press("Backspace", 8)
    browser.until("!!document.querySelector('.DocSearch-Dropdown')?.textContent.includes('onerror')")
    assert browser.evaluate(NO_MARKUP), "not from memory either"


def apostrophe(browser, site, options):
    """English is found while it is typed, signs are themselves"""
    ask(browser, site, "zebraf")
    browser.until("!!document.querySelector('.DocSearch-Hit mark')")
    browser.until("[...document.querySelectorAll('.DocSearch-Hit-title')].some(t => t.textContent.includes(\"that's enough\"))")


def context(browser, site, options):
    """the filters that Docusaurus adds keep what is in the language of the page"""
    ask(browser, site, "多集群", "context/")
    browser.until(f"{HITS}.length > 2")
    ask(browser, site, "zebrafish", "context/")
    browser.until("!!document.querySelector('.DocSearch-NoResults')")


ALL = [chinese, section, hostile, apostrophe, context]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--search", default=os.path.join(ROOT, ".build/debug/search"), help="the program")
    options.add_argument("--screenshots", help="where to put pictures")
    options.add_argument("names", nargs="*", help="tests to run (default: all)")
    options = options.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    package = importlib.util.find_spec("sphinx_docsearch")
    if not program or not package:
        print("no chromium or no sphinx_docsearch here: nothing is tested")
        return
    if options.screenshots:
        os.makedirs(options.screenshots, exist_ok=True)
    site = browser = None
    try:
        site = DocSearchSite(options.search, os.path.join(package.submodule_search_locations[0], "static"))
        browser = Browser(program)
        for domain in ["Page", "Runtime", "Log", "Network"]:
            browser.call(f"{domain}.enable")
        for test in ALL:
            if options.names and test.__name__ not in options.names:
                continue
            browser.events.clear()
            browser.screen(1280, 900)
            test(browser, site, options)
            # The bundle sets the focus twice; everything else would be of our making.
            complaints = [text for text in browser.complaints() if not text.startswith("Autofocus processing")]
            assert not complaints, complaints
            print(f"passed: {test.__doc__}", flush=True)
        site.stop()
    finally:
        if browser:
            browser.close()
        if site:
            site.close()


if __name__ == "__main__":
    main()
