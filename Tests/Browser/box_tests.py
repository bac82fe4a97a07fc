"""The search box on a page of a site; the endpoint is on another origin."""

import os

import accessibility

BOX = "document.querySelector('dialog .search-input')"
ROWS = "document.querySelectorAll('dialog .search-hit:not(.search-recent)').length"
CHIPS = "dialog .search-chip"
PAGE = "deep/page.html"


def open_box(browser, site, query="", text=""):
    browser.open(f"{site.address}{PAGE}{query}")
    browser.until("document.querySelector('.search-open') !== null")
    browser.evaluate("document.querySelector('.search-open').click()")
    browser.until(f"document.activeElement === {BOX}")
    if text:
        browser.type(text)
        browser.until(f"{ROWS} > 0")


def is_open(browser):
    return browser.evaluate("document.querySelector('dialog').open")


def place(browser):
    """Which row is active, as number; -1 for none."""
    return browser.evaluate("[...document.querySelectorAll('dialog .search-hit')].findIndex((row) => row.ariaSelected === 'true')")


def check(browser, options):
    found = accessibility.complaints(browser, options.axe)
    assert not found, "\n".join(found)


def shortcuts(browser, site, options):
    "box: the button, Ctrl-K and / open it, Escape closes it and gives the focus back"
    browser.open(f"{site.address}{PAGE}")
    browser.until("document.querySelector('.search-open') !== null")
    check(browser, options)
    browser.evaluate("document.querySelector('.search-open').focus()")
    for key, modifiers in [("k", 2), ("k", 4), ("/", 0)]:
        browser.press(key, modifiers=modifiers)
        browser.until(f"document.activeElement === {BOX} && document.querySelector('dialog').open")
        assert browser.evaluate(f"{BOX}.value") == ""
        browser.press("Escape")
        browser.until("document.activeElement === document.querySelector('.search-open')")
        assert not is_open(browser)
    browser.evaluate("document.getElementById('field').focus()")
    browser.press("/")
    assert not is_open(browser) and browser.evaluate("document.getElementById('field').value") == "/"
    browser.press("k", 229, modifiers=2)
    assert not is_open(browser), "a key of the input method"


def composition(browser, site, options):
    "box: no request while a text is composed; keys of the input method stay with it"
    open_box(browser, site, "?lang=zh-CN")
    address = browser.evaluate("location.href")
    for text in ["d", "duo'ji", "多ji", "多集"]:
        browser.compose(text)
        browser.rest(0.15)
    for key in ["Enter", "ArrowDown"]:
        browser.press(key, 229)
    browser.rest(0.2)
    assert not browser.requests("/search?"), browser.requests("/search?")
    assert is_open(browser) and browser.evaluate(ROWS) == 0
    browser.type("多集群")
    browser.until(f"{ROWS} === 10")
    browser.rest(0.2)
    assert len(browser.requests("/search?")) == 1 and browser.requests("/search?")[0].startswith(site.search)
    assert browser.evaluate("location.href") == address and browser.evaluate(f"{BOX}.value") == "多集群"
    assert browser.evaluate("document.querySelector('dialog .search-count').textContent") == "30 个结果"


def safari(browser, site, options):
    "box: the Enter that confirms a composition in Safari opens nothing"
    open_box(browser, site, text="zebrafish")
    browser.press("ArrowDown")
    address = browser.evaluate("location.href")
    browser.evaluate(f"""(() => {{
      const box = {BOX}, fire = (name, type, more) =>
        box.dispatchEvent(new type(name, {{ bubbles: true, cancelable: true, ...more }}));
      fire("compositionstart", CompositionEvent, {{ data: "" }});
      box.value = "guide";
      fire("input", InputEvent, {{ isComposing: true }});
      fire("compositionend", CompositionEvent, {{ data: "guide" }});
      fire("input", InputEvent, {{}});
      fire("keydown", KeyboardEvent, {{ key: "Enter", keyCode: 229 }});
      box.form.requestSubmit();
      fire("keyup", KeyboardEvent, {{ key: "Enter", keyCode: 13 }});
    }})()""")
    browser.rest(0.3)
    assert browser.evaluate("location.href") == address and is_open(browser) and place(browser) == -1


def opens_at_anchor(browser, site, options):
    "box: hits of one page stand together; Enter opens a result at its anchor"
    open_box(browser, site, text="zebrafish")
    assert browser.evaluate("document.querySelectorAll('dialog .search-below').length") == 2
    assert browser.evaluate("document.querySelector('dialog [role=group]').ariaLabel") == "Zebrafish guide"
    titles = browser.evaluate("[...document.querySelectorAll('dialog .search-title')].map((one) => one.textContent)")
    assert "Zebrafish <img src=x onerror=alert(1)>" in titles and not browser.evaluate("document.querySelector('dialog img')")
    assert not browser.evaluate("document.querySelector('dialog [href^=javascript]')")
    check(browser, options)
    browser.press("ArrowDown")
    while "Water" not in browser.evaluate("document.querySelector('[aria-selected=true]').textContent"):
        browser.press("ArrowDown")
    check(browser, options)
    browser.press("Enter")
    browser.until("location.pathname + location.hash === '/guide.html#water' && scrollY > 500")


def enter(browser, site, options):
    "box: the first Enter asks and chooses the best result, the second opens it"
    open_box(browser, site)
    browser.type("feeding zebra")
    browser.press("Enter")
    browser.until(f"{ROWS} > 0")
    browser.until("document.querySelector('[aria-selected=true]') !== null")
    assert place(browser) == 0 and len(browser.requests("/search?")) == 1
    browser.press("Enter")
    browser.until("location.pathname + location.hash === '/guide.html#feeding'")


def keys(browser, site, options):
    "box: arrows wrap, Tab goes to the chips, Escape lets go, clears, closes"
    open_box(browser, site, text="多集群")
    browser.press("ArrowUp")
    assert place(browser) == 9
    browser.press("ArrowDown")
    assert place(browser) == 0 and browser.evaluate(f"document.activeElement === {BOX}")
    browser.press("Tab")
    browser.press("Tab")
    assert browser.evaluate(f"document.activeElement === document.querySelector('{CHIPS}')")
    browser.press("ArrowRight")
    assert browser.evaluate(f"document.activeElement === document.querySelectorAll('{CHIPS}')[1]")
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.closest('.search-pages') !== null"), "one Tab passes the toolbar"
    browser.evaluate(f"{BOX}.focus()")
    browser.press("Escape")
    assert place(browser) == -1 and browser.evaluate(f"{BOX}.value") == "多集群"
    browser.press("Escape")
    browser.until(f"{BOX}.value === '' && {ROWS} === 0")
    assert is_open(browser)
    browser.press("Escape")
    browser.until("!document.querySelector('dialog').open")


def chips(browser, site, options):
    "box: a chip narrows down, keeps the focus, and widens again"
    open_box(browser, site, text="多集群")
    browser.evaluate(f"document.querySelector('{CHIPS}').focus()")
    name = browser.evaluate("document.activeElement.textContent")
    browser.press("Enter")
    browser.until(f"document.querySelector('{CHIPS}').ariaPressed === 'true'")
    assert browser.evaluate("document.activeElement.textContent") == name
    assert browser.evaluate(ROWS) == min(10, int(name.split()[-1]))
    check(browser, options)
    browser.press("Enter")
    browser.until(f"document.querySelector('[aria-pressed=true]') === null && {ROWS} === 10")


def stale(browser, site, options):
    "box: an answer that comes too late is dropped"
    open_box(browser, site)
    browser.call("Fetch.enable", patterns=[{"urlPattern": "*/search?*"}])
    browser.type("Istio")
    browser.rest(0.3)
    browser.type(" mesh")
    browser.rest(0.3)
    held = [e["params"] for e in browser.events if e["method"] == "Fetch.requestPaused"]
    assert len(held) == 2 and "Istio&" in held[0]["request"]["url"] and "Istio+mesh&" in held[1]["request"]["url"], held
    browser.call("Fetch.continueRequest", requestId=held[1]["requestId"])
    browser.until(f"{ROWS} > 0")
    first = browser.evaluate("document.querySelector('dialog .search-results').innerText")
    try:
        browser.call("Fetch.continueRequest", requestId=held[0]["requestId"])
    except RuntimeError:
        pass  # aborted: the page does not wait for it any more
    browser.rest(0.3)
    assert browser.evaluate("document.querySelector('dialog .search-results').innerText") == first
    canceled = [e for e in browser.events if e["method"] == "Network.loadingFailed" and e["params"].get("canceled")]
    assert len(canceled) == 1, canceled
    browser.call("Fetch.disable")


def help(browser, site, options):
    "box: the beginning of a word is enough, a misspelt one has a better one, nothing found says so"
    open_box(browser, site, text="kuber")
    assert "Kubernetes" in browser.evaluate("document.querySelector('dialog .search-title').textContent")
    browser.evaluate(f"{BOX}.select()")
    browser.type("kuberentes")
    browser.until("document.querySelector('dialog .search-better a')?.textContent === 'kubernetes'")
    browser.evaluate("document.querySelector('dialog .search-better a').click()")
    browser.until(f"{BOX}.value === 'kubernetes' && {ROWS} > 0 && document.activeElement === {BOX}")
    browser.evaluate(f"{BOX}.select()")
    browser.type("qqqqwwww")
    browser.until(f"{ROWS} === 0")
    assert "Nothing found" in browser.evaluate("document.querySelector('dialog .search-count').textContent")
    check(browser, options)


def recent(browser, site, options):
    "box: what was opened is offered again, until it is cleared or switched off"
    open_box(browser, site, text="zebrafish")
    browser.press("ArrowDown")
    browser.press("Enter")
    browser.until("location.pathname === '/guide.html'")
    open_box(browser, site)
    browser.until(f"document.querySelector('dialog .search-recent')?.textContent === 'zebrafish'")
    check(browser, options)
    browser.press("ArrowDown")
    browser.press("Enter")
    browser.until(f"{BOX}.value === 'zebrafish' && {ROWS} > 2")
    open_box(browser, site, "?recent=off")
    assert browser.evaluate("document.querySelector('dialog .search-hit')") is None
    open_box(browser, site)
    browser.evaluate("document.querySelector('dialog .search-forget').click()")
    browser.until("!document.querySelector('dialog .search-hit') && localStorage.getItem('search-recent') === '[]'")


def themes(browser, site, options):
    "box: dark as the browser or the page is, full screen on a phone, still where motion is unwanted"
    for name, scheme, query, width, dark in [
            ("light", "light", "?lang=zh-CN", 1280, False), ("dark", "light", "?lang=zh-CN&theme=dark", 1280, True),
            ("light-page-dark-system", "dark", "", 1280, False), ("phone", "light", "?lang=zh-CN", 375, False),
            ("phone-dark", "dark", "?lang=zh-CN&theme=dark", 375, True)]:
        browser.screen(width, 812, scheme, "reduce" if name == "dark" else "no-preference")
        open_box(browser, site, query, text="多集群")
        browser.rest(0.25)
        assert browser.evaluate("document.querySelector('dialog').dataset.theme") == ("dark" if dark else "light"), name
        assert browser.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is too wide"
        size = browser.evaluate("(({ width, height }) => [width, height])(document.querySelector('dialog').getBoundingClientRect())")
        assert size == [375, 812] if width == 375 else size[0] < 800, size
        assert (browser.evaluate("getComputedStyle(document.querySelector('dialog')).animationName") == "none") == (name == "dark")
        browser.press("ArrowDown")
        browser.rest(0.15)
        check(browser, options)
        if options.screenshots:
            browser.screenshot(os.path.join(options.screenshots, f"box-{name}.png"))


def paint(browser, site, options):
    "box: dark as the page around is, however it says so"
    body, root = "document.body.style.backgroundColor", "document.documentElement.style.colorScheme"
    meta = "document.head.append(Object.assign(document.createElement('meta'), {name: 'color-scheme', content: 'light dark'}))"
    for scheme, script, dark in [
            ("light", f"{body} = 'oklch(0.2 0.02 260)'", True), ("dark", f"{body} = 'oklch(0.95 0.02 260)'", False),
            ("light", f"{body} = 'color(srgb 0.1 0.1 0.1)'", True), ("light", f"{body} = 'transparent'", False),
            ("light", f"{body} = 'transparent'; {root} = 'dark'", True), ("dark", f"{body} = 'transparent'; {meta}", True),
            ("light", f"{body} = 'transparent'; {meta}", False)]:
        browser.screen(1280, 812, scheme, "no-preference")
        browser.open(f"{site.address}{PAGE}")
        browser.until("document.querySelector('.search-open') !== null")
        browser.evaluate(script)
        browser.evaluate("document.querySelector('.search-open').click()")
        assert browser.evaluate("document.querySelector('dialog').dataset.theme") == ("dark" if dark else "light"), (scheme, script)


def limits(browser, site, options):
    "box: a slash in a field of a component is a slash; a text that is too long is told, in the language of the page"
    open_box(browser, site, "?lang=zh-CN")
    browser.evaluate(f"{BOX}.value = '多'.repeat(1000); {BOX}.dispatchEvent(new Event('input'))")
    browser.until("document.querySelector('dialog .search-count').textContent.includes('文字太长')")
    browser.evaluate("document.querySelector('dialog').close()")
    browser.evaluate("const host = document.body.appendChild(document.createElement('div')); window.inner = host.attachShadow({mode: 'open'})"
                     ".appendChild(document.createElement('textarea')); inner.focus()")
    browser.press("/")
    assert not is_open(browser) and browser.evaluate("inner.value") == "/"


ALL = [shortcuts, composition, safari, opens_at_anchor, enter, keys, chips, stale, help, recent, themes, paint, limits]
