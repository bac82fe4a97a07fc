#!/usr/bin/env python3
"""The search page in a real browser: input methods, keys, chips, marks, the console under the CSP.

    Tests/Browser/search_page_test.py [--search .build/debug/search] [--screenshots DIR]

Indexes Data/ into a temporary folder, serves it on a free port, and drives Debian's chromium without a window.
Without chromium it says so and ends with 0.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from devtools import Browser  # noqa: E402

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORD = "多集群"
QUERY = urllib.parse.quote(WORD)
HITS = "document.querySelectorAll('#results .hit').length"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--search", default=os.path.join(root, ".build/debug/search"), help="the program")
    options.add_argument("--screenshots", help="where to put pictures of the page")
    options = options.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        print("no chromium here: the page is not tested (apt-get install chromium)")
        return
    folder = tempfile.mkdtemp(prefix="search-page-")
    server = browser = None
    try:
        index = os.path.join(folder, "index")
        subprocess.run([options.search, "index", "--quiet", "--index", index, os.path.join(root, "Data")], check=True)
        server = subprocess.Popen([options.search, "serve", "--index", index, "--port", "0"], stderr=subprocess.PIPE, text=True)
        address = re.search(r"address=(\S+)", server.stderr.readline()).group(1)
        browser = Browser(program)
        for domain in ["Page", "Runtime", "Log", "Network"]:
            browser.call(f"{domain}.enable")
        browser.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
        for test in [without_script, composition, safari, keys, stale, chips, better_query, languages, pictures]:
            test(browser, address, options)
            print(f"passed: {test.__doc__}")
        assert not browser.complaints(), browser.complaints()
        print("passed: nothing in the console")
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0, "the server ends with 0"
    finally:
        if browser:
            browser.close()
        if server and server.poll() is None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def speak(browser, language):
    agent = browser.evaluate("navigator.userAgent")
    browser.call("Network.setUserAgentOverride", userAgent=agent, acceptLanguage=language)


def without_script(browser, address, options):
    "results, chips and marks without a script"
    page = urllib.request.urlopen(f"{address}?q={QUERY}").read().decode()
    assert page.count('<li class="hit">') == 10 and f"<mark>{WORD}</mark>" in page
    assert '<a class="chip" href="?q=' in page and 'rel="next"' in page


def composition(browser, address, options):
    "no request while a text is composed, one when it is done"
    speak(browser, "zh-CN,zh;q=0.9")
    browser.open(address)
    browser.evaluate("document.getElementById('q').focus()")
    length = browser.evaluate("history.length")
    for text in ["d", "duo", "duo'ji", "duo'ji'qun", "多ji'qun", WORD]:
        browser.call("Input.imeSetComposition", text=text, selectionStart=len(text), selectionEnd=len(text))
        browser.press("Process", 229)
        browser.rest(0.2)
    browser.press("Enter", 229)
    browser.rest(0.4)
    assert browser.evaluate("document.getElementById('q').value") == WORD
    assert not browser.requests("/search?"), browser.requests("/search?")
    assert browser.evaluate(HITS) == 0
    browser.call("Input.insertText", text=WORD)
    browser.until(f"{HITS} === 10")
    browser.rest(0.4)
    assert len(browser.requests("/search?")) == 1, browser.requests("/search?")
    assert browser.evaluate("history.length") == length
    assert browser.evaluate("document.getElementById('q').value") == WORD
    assert browser.evaluate("location.search") == f"?q={QUERY}"
    assert browser.evaluate("document.querySelector('#results mark').textContent") == WORD
    assert browser.evaluate("document.querySelectorAll('#facets .chip').length") > 3
    assert "30 个结果" in browser.evaluate("document.getElementById('count').textContent")
    browser.until("document.getElementById('status').textContent.includes('30 个结果')")


def safari(browser, address, options):
    "the Enter that confirms a composition in Safari does not submit"
    length = browser.evaluate("history.length")
    browser.evaluate("""(() => {
      const box = document.getElementById("q"), fire = (name, type, more) =>
        box.dispatchEvent(new type(name, { bubbles: true, cancelable: true, ...more }));
      fire("compositionstart", CompositionEvent, { data: "" });
      box.value = "test";
      fire("input", InputEvent, { isComposing: true });
      fire("compositionend", CompositionEvent, { data: "test" });
      fire("input", InputEvent, {});
      fire("keydown", KeyboardEvent, { key: "Enter", keyCode: 229 });
      document.getElementById("form").requestSubmit();
      fire("keyup", KeyboardEvent, { key: "Enter", keyCode: 13 });
    })()""")
    browser.rest(0.5)
    assert browser.evaluate("history.length") == length, "submitted by the input method"
    assert browser.evaluate("location.search") == "?q=test"
    browser.evaluate("document.getElementById('form').requestSubmit()")
    browser.until(f"history.length === {length + 1}")


def keys(browser, address, options):
    "arrows choose a row, Escape lets it go and then clears"
    browser.open(f"{address}?q={QUERY}")
    box = "document.getElementById('q')"
    browser.until(f"{box}.getAttribute('role') === 'combobox' && {box}.getAttribute('aria-expanded') === 'true'")
    browser.evaluate(f"{box}.focus()")
    chosen = "[...document.querySelectorAll('#results [aria-selected=true]')].map((row) => row.id).join()"
    browser.press("ArrowDown")
    browser.press("ArrowDown")
    assert browser.evaluate(chosen) == "hit-1" == browser.evaluate(f"{box}.getAttribute('aria-activedescendant')")
    browser.press("ArrowUp")
    browser.press("ArrowUp")
    assert browser.evaluate(chosen) == "hit-9"
    browser.press("ArrowDown")
    assert browser.evaluate(chosen) == "hit-0"
    browser.press("ArrowDown", 229)
    assert browser.evaluate(chosen) == "hit-0", "a key of the input method"
    assert browser.evaluate("document.activeElement.id") == "q"
    browser.press("Escape")
    assert browser.evaluate(chosen) == "" and browser.evaluate(f"{box}.value") == WORD
    browser.press("Escape")
    browser.until(f"{box}.value === '' && {HITS} === 0 && {box}.getAttribute('aria-expanded') === 'false'")


def stale(browser, address, options):
    "an answer that comes too late is dropped"
    browser.open(address)
    browser.evaluate("document.getElementById('q').focus()")
    browser.call("Fetch.enable", patterns=[{"urlPattern": "*/search?*"}])
    browser.call("Input.insertText", text="Istio")
    browser.rest(0.4)
    browser.call("Input.insertText", text=" mesh")
    browser.rest(0.4)
    held = [e["params"] for e in browser.events if e["method"] == "Fetch.requestPaused"]
    assert len(held) == 2 and "Istio&" in held[0]["request"]["url"] and "Istio+mesh&" in held[1]["request"]["url"], held
    browser.call("Fetch.continueRequest", requestId=held[1]["requestId"])
    browser.until(f"{HITS} > 0")
    first = browser.evaluate("document.getElementById('results').innerText")
    try:
        browser.call("Fetch.continueRequest", requestId=held[0]["requestId"])
    except RuntimeError:
        pass  # aborted: the page does not wait for it any more
    browser.rest(0.4)
    assert browser.evaluate("document.getElementById('results').innerText") == first
    canceled = [e for e in browser.events if e["method"] == "Network.loadingFailed" and e["params"].get("canceled")]
    assert len(canceled) == 1, canceled
    browser.call("Fetch.disable")


def chips(browser, address, options):
    "a chip narrows down without a reload, back widens again"
    browser.open(f"{address}?q={QUERY}")
    browser.evaluate("window.isSame = true")
    name = browser.evaluate("(document.querySelector('.chip').click(), document.querySelector('.chip').textContent)")
    browser.until("document.querySelector('.chip[aria-current]') !== null")
    value, number = name.rsplit(" ", 1)
    assert f"facet=category%3A{urllib.parse.quote(value)}" in browser.evaluate("location.search")
    assert browser.evaluate(HITS) == min(int(number), 10) and browser.evaluate("window.isSame")
    assert browser.evaluate("document.querySelectorAll('.chip').length") > 3, "the others can still be chosen"
    browser.evaluate("history.back()")
    browser.until(f"document.querySelector('.chip[aria-current]') === null && {HITS} === 10")
    browser.evaluate("document.querySelector('[rel=next]').click()")
    browser.until("location.search.includes('offset=10') && document.querySelector('[rel=prev]') !== null")
    assert browser.evaluate("window.isSame")


def better_query(browser, address, options):
    "a misspelt word has a link to the right one"
    browser.open(address)
    browser.evaluate("document.getElementById('q').focus()")
    browser.call("Input.insertText", text="kuberentes")
    browser.until("document.querySelector('#suggestion a')?.textContent === 'kubernetes'")
    browser.evaluate("document.querySelector('#suggestion a').click()")
    browser.until(f"document.getElementById('q').value === 'kubernetes' && {HITS} > 0")
    assert browser.evaluate("document.querySelector('#suggestion').textContent") == ""


def languages(browser, address, options):
    "the page speaks the language of the browser"
    browser.open(address)
    assert browser.evaluate("document.documentElement.lang") == "zh-Hans"
    speak(browser, "en-US,en;q=0.9")
    browser.open(address)
    assert browser.evaluate("document.querySelector('.go').textContent") == "Search"


def pictures(browser, address, options):
    "nothing is wider than the screen, light, dark and at 375 pixels"
    speak(browser, "zh-CN,zh;q=0.9")
    for name, scheme, width, height in [("light", "light", 1280, 900), ("dark", "dark", 1280, 900),
                                        ("phone", "light", 375, 812), ("phone-dark", "dark", 375, 812)]:
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=2 if width < 500 else 1, mobile=width < 500)
        browser.open(f"{address}?q={QUERY}")
        browser.rest(0.3)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is too wide"
        if options.screenshots:
            os.makedirs(options.screenshots, exist_ok=True)
            browser.evaluate("document.getElementById('q').focus()")
            browser.press("ArrowDown")
            browser.screenshot(os.path.join(options.screenshots, f"{name}.png"))


if __name__ == "__main__":
    main()
