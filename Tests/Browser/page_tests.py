"""The search page at `/` of the endpoint."""

import os
import urllib.parse
import urllib.request

import accessibility

WORD = "多集群"
QUERY = urllib.parse.quote(WORD)
BOX = "document.querySelector('.search-input')"
HITS = "document.querySelectorAll('.search-hit').length"
CHOSEN = "[...document.querySelectorAll('[role=option][aria-selected=true]')].map((row) => row.id).join()"


def place(browser):
    """Which row is active, as number; -1 for none."""
    return browser.evaluate("[...document.querySelectorAll('.search-hit')].findIndex((row) => row.ariaSelected === 'true')")


def without_script(browser, site, options):
    "page: results, chips and marks without a script"
    page = urllib.request.urlopen(f"{site.search}?q={QUERY}").read().decode()
    assert page.count('class="search-hit') == 10 and f"<mark>{WORD}</mark>" in page
    assert '<a class="search-chip" href="?q=' in page and 'rel="next"' in page


def composition(browser, site, options):
    "page: no request while a text is composed, one when it is done"
    browser.speak("zh-CN,zh;q=0.9")
    browser.open(site.search)
    browser.evaluate(f"{BOX}.focus()")
    length = browser.evaluate("history.length")
    for text in ["d", "duo'ji", "duo'ji'qun", "多ji'qun", WORD]:
        browser.compose(text)
        browser.rest(0.15)
    browser.press("Enter", 229)
    browser.rest(0.2)
    assert browser.evaluate(f"{BOX}.value") == WORD
    assert not browser.requests("/search?"), browser.requests("/search?")
    assert browser.evaluate(HITS) == 0
    browser.type(WORD)
    browser.until(f"{HITS} === 10")
    browser.rest(0.2)
    assert len(browser.requests("/search?")) == 1, browser.requests("/search?")
    assert browser.evaluate("history.length") == length
    assert browser.evaluate(f"{BOX}.value") == WORD
    assert browser.evaluate("location.search") == f"?q={QUERY}"
    assert browser.evaluate("document.querySelector('.search-hit mark').textContent") == WORD
    assert browser.evaluate("document.querySelectorAll('.search-chip').length") > 3
    assert "30 个结果" in browser.evaluate("document.querySelector('.search-count').textContent")
    browser.until("document.querySelector('.search-status').textContent.includes('30 个结果')")
    found = accessibility.complaints(browser, options.axe)
    assert not found, found


def keys(browser, site, options):
    "page: arrows choose a row, Escape lets it go and then clears"
    browser.open(f"{site.search}?q={QUERY}")
    browser.until(f"{BOX}.getAttribute('role') === 'combobox' && {BOX}.ariaExpanded === 'true'")
    browser.evaluate(f"{BOX}.focus()")
    browser.press("ArrowDown")
    browser.press("ArrowDown")
    assert place(browser) == 1 and browser.evaluate(CHOSEN) == browser.evaluate(f"{BOX}.getAttribute('aria-activedescendant')")
    browser.press("ArrowUp")
    browser.press("ArrowUp")
    assert place(browser) == 9
    browser.press("ArrowDown")
    assert place(browser) == 0
    browser.press("ArrowDown", 229)
    assert place(browser) == 0, "a key of the input method"
    assert browser.evaluate(f"document.activeElement === {BOX}")
    found = accessibility.complaints(browser, options.axe)
    assert not found, found
    browser.press("Escape")
    assert place(browser) == -1 and browser.evaluate(f"{BOX}.value") == WORD
    browser.press("Escape")
    browser.until(f"{BOX}.value === '' && {HITS} === 0 && {BOX}.ariaExpanded === 'false'")


def enter(browser, site, options):
    "page: Enter keeps what is asked in the history"
    browser.open(site.search)
    browser.evaluate(f"{BOX}.focus()")
    length = browser.evaluate("history.length")
    browser.type("Istio")
    browser.press("Enter")
    browser.until(f"{HITS} > 0 && history.length === {length + 1}")
    browser.evaluate("history.back()")
    browser.until(f"{BOX}.value === '' && {HITS} === 0")


def chips(browser, site, options):
    "page: a chip narrows down without a reload, back widens again"
    browser.open(f"{site.search}?q={QUERY}")
    browser.evaluate("window.isSame = true")
    name = browser.evaluate("(document.querySelector('.search-chip').click(), document.querySelector('.search-chip').textContent)")
    browser.until("document.querySelector('.search-chip[aria-pressed=true]') !== null")
    value, number = name.rsplit(" ", 1)
    assert f"facet=category%3A{urllib.parse.quote(value)}" in browser.evaluate("location.search")
    assert browser.evaluate(HITS) == min(int(number), 10) and browser.evaluate("window.isSame")
    assert browser.evaluate("document.querySelectorAll('.search-chip').length") > 3, "the others can still be chosen"
    browser.evaluate("history.back()")
    browser.until(f"document.querySelector('.search-chip[aria-pressed=true]') === null && {HITS} === 10")
    browser.evaluate("document.querySelector('[rel=next]').click()")
    browser.until("location.search.includes('offset=10') && document.querySelector('[rel=prev]') !== null")
    assert browser.evaluate("window.isSame")


def better_query(browser, site, options):
    "page: a misspelt word has a link to the right one"
    browser.open(site.search)
    browser.evaluate(f"{BOX}.focus()")
    browser.type("kuberentes")
    browser.until("document.querySelector('.search-better a')?.textContent === 'kubernetes'")
    browser.evaluate("document.querySelector('.search-better a').click()")
    browser.until(f"{BOX}.value === 'kubernetes' && {HITS} > 0")
    assert browser.evaluate("document.querySelector('.search-better').textContent") == ""


def languages(browser, site, options):
    "page: it speaks the language of the browser"
    browser.speak("zh-CN,zh;q=0.9")
    browser.open(site.search)
    assert browser.evaluate("document.documentElement.lang") == "zh-Hans"
    browser.speak("en-US,en;q=0.9")
    browser.open(site.search)
    assert browser.evaluate("document.querySelector('.search-go').textContent") == "Search"


def pictures(browser, site, options):
    "page: nothing is wider than the screen; light, dark and on a phone"
    browser.speak("zh-CN,zh;q=0.9")
    for name, scheme, width, height in [("light", "light", 1280, 900), ("dark", "dark", 1280, 900), ("phone", "light", 375, 812)]:
        browser.screen(width, height, scheme)
        browser.open(f"{site.search}?q={QUERY}")
        browser.until(f"{BOX}.role === 'combobox'")
        assert browser.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is too wide"
        found = accessibility.complaints(browser, options.axe)
        assert not found, found
        if options.screenshots:
            browser.evaluate(f"{BOX}.focus()")
            browser.press("ArrowDown")
            browser.rest(0.2)
            browser.screenshot(os.path.join(options.screenshots, f"page-{name}.png"))


ALL = [without_script, composition, keys, enter, chips, better_query, languages, pictures]
