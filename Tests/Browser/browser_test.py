#!/usr/bin/env python3
"""The search page and the search box in a real browser: input methods, keys, chips, accessibility, security policy.

    Tests/Browser/browser_test.py [--search .build/debug/search] [--screenshots DIR] [--axe axe.min.js] [NAME…]

Indexes Data/ and some pages into a temporary folder, serves both on free ports, and drives Debian's chromium without a
window. Names choose tests. Without chromium it says so and ends with 0. Pages are always checked by accessibility.py;
with --axe also by axe-core, which the Python package axe-playwright-python brings along.
"""

import argparse
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import box_tests  # noqa: E402
import page_tests  # noqa: E402
from devtools import Browser  # noqa: E402
from site_on_this_machine import ROOT, Site  # noqa: E402


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--search", default=os.path.join(ROOT, ".build/debug/search"), help="the program")
    options.add_argument("--screenshots", help="where to put pictures of the pages")
    options.add_argument("--axe", help="the file axe.min.js of axe-core")
    options.add_argument("names", nargs="*", help="tests to run (default: all)")
    options = options.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        print("no chromium here: nothing is tested (apt-get install chromium)")
        return
    if options.screenshots:
        os.makedirs(options.screenshots, exist_ok=True)
    if options.axe:
        with open(options.axe) as file:
            options.axe = file.read()
    site = browser = None
    try:
        site = Site(options.search)
        browser = Browser(program)
        for domain in ["Page", "Runtime", "Log", "Network"]:
            browser.call(f"{domain}.enable")
        for test in page_tests.ALL + box_tests.ALL:
            if options.names and test.__name__ not in options.names:
                continue
            browser.events.clear()
            browser.screen(1280, 900)
            browser.speak("en-US,en;q=0.9")
            test(browser, site, options)
            assert not browser.complaints(), browser.complaints()
            print(f"passed: {test.__doc__}", flush=True)
        site.stop()
    finally:
        if browser:
            browser.close()
        if site:
            site.close()


if __name__ == "__main__":
    main()
