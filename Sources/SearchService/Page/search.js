// The search page with a script: results while typing, chips and pages without a reload, the keyboard.
// Without it the same form and links work. Everything shown is text: no answer is ever parsed as HTML.

const texts = {
  en: {
    count: (n) => (n === 1 ? "1 result" : `${n} results`),
    none: "Nothing found. Try fewer or other words.",
    didYouMean: "Did you mean",
    partialOnly: "Nothing holds every word. These hold some:",
    partial: "some of the words",
    previous: "Previous",
    next: "Next",
    failed: (why) => `That did not work: ${why}.`,
    offline: "the server does not answer",
    facets: { category: "Category", tags: "Tags", lang: "Language" },
    title: "Search",
  },
  zh: {
    count: (n) => `${n} 个结果`,
    none: "没有找到结果。试试更少或别的词语。",
    didYouMean: "你要找的是不是：",
    partialOnly: "没有包含全部词语的结果，以下包含其中一部分：",
    partial: "部分匹配",
    previous: "上一页",
    next: "下一页",
    failed: (why) => `出错了：${why}。`,
    offline: "服务器没有响应",
    facets: { category: "分类", tags: "标签", lang: "语言" },
    title: "搜索",
  },
}[document.documentElement.lang.startsWith("zh") ? "zh" : "en"];

const facetKeys = ["category", "tags", "lang"];
const shownValues = 10;
const pageSize = 10;
const typingPause = 120;
const statusPause = 500;

const form = document.getElementById("form");
const box = document.getElementById("q");
const count = document.getElementById("count");
const suggestion = document.getElementById("suggestion");
const facets = document.getElementById("facets");
const list = document.getElementById("results");
const pages = document.getElementById("pages");
const status = document.getElementById("status");
const hint = new URLSearchParams(location.search).get("q") ? "" : count.textContent;

// MARK: What is asked

let state = read(location.search);

function read(search) {
  const parameters = new URLSearchParams(search);
  return {
    q: parameters.get("q") ?? "",
    facets: parameters.getAll("facet"),
    sort: parameters.get("sort") ?? "",
    limit: Number(parameters.get("limit")) || pageSize,
    offset: Number(parameters.get("offset")) || 0,
  };
}

function parametersOf({ q, facets, sort, limit, offset }) {
  const parameters = new URLSearchParams({ q });
  for (const facet of facets) parameters.append("facet", facet);
  if (sort) parameters.set("sort", sort);
  if (limit !== pageSize) parameters.set("limit", limit);
  if (offset) parameters.set("offset", offset);
  return parameters;
}

const addressOf = (asked) => `?${parametersOf(asked)}`;

// MARK: Asking

let request = null;
let pause = 0;

/** Shows the answer for a state, unless a newer one is asked for meanwhile. */
async function show(next, { keep = "replace" } = {}) {
  clearTimeout(pause);
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  state = next;
  if (keep === "push") history.pushState(null, "", addressOf(state));
  if (keep === "replace") history.replaceState(null, "", state.q || state.facets.length ? addressOf(state) : "./");
  document.title = state.q ? `${state.q} · ${texts.title}` : texts.title;
  if (!state.q.trim() && !state.facets.length) return clear();
  const parameters = parametersOf(state);
  parameters.set("facets", facetKeys.join(","));
  try {
    const response = await fetch(`search?${parameters}`, { signal });
    const answer = await response.json();
    if (signal.aborted) return;
    if (response.ok) render(answer);
    else fail(answer.error?.message ?? response.statusText);
  } catch (error) {
    if (error.name !== "AbortError" && !signal.aborted) fail(texts.offline);
  }
}

/** Asks for what stands in the box, a moment after the last key. */
function typed() {
  clearTimeout(pause);
  pause = setTimeout(() => {
    if (box.value !== state.q) show({ ...state, q: box.value, offset: 0 });
  }, typingPause);
}

// MARK: Showing

function clear() {
  for (const place of [list, suggestion, facets, pages]) place.replaceChildren();
  activate(-1);
  tell(hint);
}

function fail(why) {
  clear();
  tell(texts.failed(why));
}

let announcement = 0;

/** The line above the results at once, for screen readers when typing has stopped. */
function tell(text) {
  count.textContent = text;
  clearTimeout(announcement);
  announcement = setTimeout(() => { status.textContent = text; }, statusPause);
}

function render(answer) {
  if (answer.total === 0) tell(texts.none);
  else tell(answer.match === "some" ? texts.partialOnly : texts.count(answer.total));
  const better = answer.suggestion?.query;
  suggestion.replaceChildren(...(better
    ? [`${texts.didYouMean} `, element("a", { href: addressOf({ ...state, q: better, offset: 0 }) }, better)] : []));
  list.replaceChildren(...answer.hits.map((hit, place) => row(hit, place, answer.match)));
  facets.replaceChildren(...facetKeys.flatMap((key) => chips(key, answer.facets[key] ?? [])));
  const links = [];
  if (state.offset > 0) links.push(pageLink(texts.previous, "prev", Math.max(0, state.offset - state.limit)));
  const next = state.offset + state.limit;
  if (next < answer.total && next <= 10000) links.push(pageLink(texts.next, "next", next));
  pages.replaceChildren(...links);
  activate(-1);
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
const plain = (html) => html.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity]);

/** Text nodes and `<mark>` elements for a text in which nothing but marks is markup. */
function marked(html) {
  return html.split("<mark>").flatMap((piece, index) => {
    if (index === 0) return [plain(piece)];
    const [inside, after = ""] = piece.split("</mark>");
    return [element("mark", {}, plain(inside)), plain(after)];
  });
}

/** An address to link to, or null when its scheme is none that a page should follow. */
function linkTarget(url, anchor) {
  if (!url || /[\x00-\x20\x7f\\]/.test(url)) return null;
  const scheme = /^[^/?#]*?:/.exec(url);
  if (scheme && !["http:", "https:", "mailto:"].includes(scheme[0].toLowerCase())) return null;
  return anchor && !url.includes("#") ? `${url}#${anchor}` : url;
}

function row(hit, place, match) {
  const title = hit.title ? marked(hit.title_html) : [hit.id];
  const target = linkTarget(hit.url, hit.anchor);
  const heading = element("h2", {}, ...(target ? [element("a", { href: target, tabindex: "-1" }, ...title)] : title));
  const made = element("li", { class: "hit", role: "option", id: `hit-${place}`, "aria-selected": "false" }, heading);
  if (hit.snippet) made.append(element("p", {}, ...marked(hit.snippet)));
  let facts = hit.path.length ? [hit.path.join(" › ")] : hit.category.slice(0, 1);
  if (!facts.length) facts = hit.sources.slice(0, 1);
  if (hit.date) facts.push(hit.date);
  if (hit.match === "some" && match === "full") facts.push(texts.partial);
  if (facts.length) made.append(element("p", { class: "facts" }, facts.join(" · ")));
  return made;
}

function chips(key, counts) {
  const chosen = state.facets.filter((facet) => facet.startsWith(`${key}:`)).map((facet) => facet.slice(key.length + 1));
  const others = counts.filter(({ value }) => !chosen.includes(value));
  if (!chosen.length && others.length < 2) return [];
  const chip = (value, number, isChosen) => {
    const name = `${key}:${value}`;
    const without = state.facets.filter((facet) => facet !== name);
    const target = addressOf({ ...state, offset: 0, facets: isChosen ? without : [...state.facets, name] });
    const made = element("a", { class: "chip", href: target }, `${value} `, element("b", {}, String(number)));
    if (isChosen) made.setAttribute("aria-current", "true");
    return made;
  };
  const numberOf = (value) => counts.find((one) => one.value === value)?.count ?? 0;
  return [element(
    "div", { class: "facet" }, element("span", {}, texts.facets[key]),
    ...chosen.map((value) => chip(value, numberOf(value), true)),
    ...others.slice(0, shownValues).map(({ value, count }) => chip(value, count, false)),
  )];
}

const pageLink = (text, rel, offset) => element("a", { rel, href: addressOf({ ...state, offset }) }, text);

// MARK: The active row

let active = -1;

function activate(place) {
  const rows = list.children;
  rows[active]?.setAttribute("aria-selected", "false");
  active = place;
  box.setAttribute("aria-expanded", String(rows.length > 0));
  if (active < 0) return box.removeAttribute("aria-activedescendant");
  rows[active].setAttribute("aria-selected", "true");
  rows[active].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", rows[active].id);
}

// MARK: Input methods
//
// While a text is composed, its keys and half-typed letters belong to the input method. Safari ends the
// composition before it sends the Enter that confirmed it, with keyCode 229.

let isComposing = false;
let isConfirming = false;

const belongsToInputMethod = (event) => event.isComposing || event.keyCode === 229;

box.addEventListener("compositionstart", () => {
  isComposing = true;
  clearTimeout(pause);
});
box.addEventListener("compositionend", () => {
  isComposing = false;
  isConfirming = true;
  typed();
});
box.addEventListener("input", (event) => {
  if (!isComposing && !event.isComposing) typed();
});
box.addEventListener("keyup", () => { isConfirming = false; });

// MARK: Keys, form, links

box.addEventListener("keydown", (event) => {
  if (belongsToInputMethod(event)) return;
  isConfirming = false;
  if (event.altKey || event.shiftKey) return;
  const last = list.children.length - 1;
  switch (event.key) {
    case "ArrowDown":
      if (last < 0) return;
      activate(active < last ? active + 1 : 0);
      break;
    case "ArrowUp":
      if (last < 0) return;
      activate(active > 0 ? active - 1 : last);
      break;
    case "Enter": {
      const link = active < 0 ? null : list.children[active].querySelector("a");
      if (!link) return;
      if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
      else link.click();
      break;
    }
    case "Escape":
      if (active >= 0) activate(-1);
      else if (box.value) {
        box.value = "";
        show({ ...state, q: "", facets: [], offset: 0 });
      } else return;
      break;
    default:
      return;
  }
  event.preventDefault();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isComposing || isConfirming) return;
  show({ ...state, q: box.value, offset: box.value === state.q ? state.offset : 0 }, { keep: "push" });
});

for (const place of [suggestion, facets, pages]) {
  place.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const next = read(new URL(link.href).search);
    if (place === suggestion) box.value = next.q;
    show({ ...next, q: place === suggestion ? next.q : state.q }, { keep: "push" });
    if (place === pages) scrollTo(0, 0);
  });
}

addEventListener("popstate", () => {
  state = read(location.search);
  box.value = state.q;
  show(state, { keep: "none" });
});

addEventListener("keydown", (event) => {
  if (belongsToInputMethod(event)) return;
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  const isShortcut = event.key === "/" ? !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey
    : event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
  if (!isShortcut) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// MARK: The page as it came becomes a combobox with its list

list.setAttribute("role", "listbox");
for (const [name, value] of Object.entries({
  role: "combobox", "aria-controls": "results", "aria-autocomplete": "list", "aria-expanded": "false",
})) box.setAttribute(name, value);
if (box.value !== state.q) typed();
for (const [place, hit] of [...list.children].entries()) {
  hit.id = `hit-${place}`;
  hit.setAttribute("role", "option");
  hit.setAttribute("aria-selected", "false");
  hit.querySelector("a")?.setAttribute("tabindex", "-1");
}
activate(-1);
