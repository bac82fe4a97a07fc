"""What a page must have so that everybody can use it, checked where it is: names, roles, references, contrast."""

CHECK = r"""(() => {
  const found = [], seen = new Set();
  const say = (what, place) => found.push(`${what}: ${place.outerHTML.slice(0, 160)}`);
  const shown = (place) => place.checkVisibility?.({ visibilityProperty: true }) ?? true;
  const dialog = document.querySelector("dialog[open]");
  const root = dialog ?? document.body;
  const nameOf = (place) => (place.getAttribute("aria-label") ?? (place.getAttribute("aria-labelledby") ?? "").split(" ")
    .map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim()
    ) || place.textContent.trim() || place.labels?.[0]?.textContent || place.getAttribute("title") || "";

  if (!document.documentElement.lang) say("no language", document.documentElement);
  if (!document.title) say("no title", document.head);
  for (const place of document.querySelectorAll("[id]")) {
    if (seen.has(place.id)) say("id twice", place);
    seen.add(place.id);
  }
  for (const place of root.querySelectorAll("*")) {
    for (const name of ["aria-controls", "aria-activedescendant", "aria-labelledby", "aria-describedby"]) {
      for (const id of (place.getAttribute(name) ?? "").split(" ")) {
        if (id && !document.getElementById(id)) say(`${name} names nothing`, place);
      }
    }
    if (!shown(place)) continue;
    if (place.matches("a[href], button, input, [role=option], [role=listbox], [role=toolbar], dialog, [tabindex]") && !nameOf(place)) {
      say("no name", place);
    }
    if (place.matches("[role=option]")) {
      if (!place.closest("[role=listbox]")) say("option outside a listbox", place);
      if (place.querySelector("a, button, input, [tabindex]")) say("something to focus inside an option", place);
      if (!["true", "false"].includes(place.getAttribute("aria-selected"))) say("option without aria-selected", place);
    }
    if (place.matches("[role=listbox]")) {
      for (const child of place.children) {
        if (!["group", "option", "presentation", "none"].includes(child.getAttribute("role"))) say("not for a listbox", child);
      }
    }
    if (place.matches("[role=combobox]")) {
      if (place.getAttribute("aria-expanded") === null || !place.getAttribute("aria-controls")) say("combobox incomplete", place);
    }
    if (place.tabIndex > 0) say("own order of Tab", place);
  }
  const chosen = root.querySelectorAll("[role=option][aria-selected=true]");
  const told = root.querySelector("[role=combobox]")?.getAttribute("aria-activedescendant") ?? null;
  if (chosen.length > 1 || (chosen[0]?.id ?? null) !== told) say("the active row is not the one that is told", root);

  // Contrast of every text with what is painted behind it (WCAG 2, 4.5 : 1, large text 3 : 1).
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, below) => top.slice(0, 3).map((part, i) => part * top[3] / 255 + below[i] * (1 - top[3] / 255)).concat(255);
  const ground = (place) => {
    const layers = [];
    for (let one = place; one; one = one.parentElement) {
      const color = rgba(getComputedStyle(one).backgroundColor);
      layers.push(color);
      if (color[3] === 255) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 255]);
  };
  const light = (color) => color.slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const place = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(place) || place.closest(".search-hidden, option, style, script")) continue;
    const style = getComputedStyle(place), behind = ground(place);
    const [a, b] = [light(over(rgba(style.color), behind)), light(behind)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700;
    if (ratio < (isLarge ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)} : 1`, place);
  }
  return found;
})()"""


def complaints(browser, axe=None):
    """What is wrong with the page as it stands; with the text of axe-core also what that finds."""
    found = browser.evaluate(CHECK)
    if axe:
        if browser.evaluate("typeof axe === 'undefined'"):
            browser.evaluate(f"{axe}; 0")
        found += browser.evaluate(
            "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap("
            "(one) => one.nodes.map((node) => `axe ${one.id} (${one.impact}): ${node.html.slice(0, 160)}`)))")
    return found
