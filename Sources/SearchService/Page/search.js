// The search box of a site, and the script of the search page. One view of one answer:
//
//   <search-box endpoint="/search-api/"></search-box>   a button that opens a dialog, anywhere
//   <main class="search-page">…</main>                  the page, as the endpoint writes it
//
// Attributes of the element: endpoint (default: where this file is), base (what addresses of results are relative
// to, default /), facets (default category,tags,lang), recent="off", theme="light|dark" (default: as the page is), key
// (where the endpoint asks for one; every visitor can read it, it only lets search).
// Without a script, what stands inside the element is shown, such as a form. Everything an answer says is put into
// the page as text: nothing is ever parsed as HTML.

const texts = {
  en: {
    open: "Search",
    placeholder: "Search in Chinese or English",
    count: (n) => (n === 1 ? "1 result" : `${n} results`),
    none: "Nothing found. Try fewer or other words.",
    didYouMean: "Did you mean",
    partialOnly: "Nothing holds every word. These hold some:",
    partial: "some of the words",
    previous: "Previous",
    next: "Next",
    all: "All results",
    recent: "Recent searches",
    forget: "Clear",
    close: "Close",
    hint: "Type a word, a name or any run of Chinese characters.",
    keys: "↑ ↓ choose · ↵ open · Esc close",
    results: "Results",
    filters: "Filters",
    failed: (why) => `That did not work: ${why}.`,
    offline: "the server does not answer",
    tooLong: "this is too long",
    errors: {},
    facets: { category: "Category", tags: "Tags", lang: "Language", kind: "Kind", year: "Year", source: "Source" },
  },
  zh: {
    open: "搜索",
    placeholder: "搜索中文或英文",
    count: (n) => `${n} 个结果`,
    none: "没有找到结果。试试更少或别的词语。",
    didYouMean: "你要找的是不是：",
    partialOnly: "没有包含全部词语的结果，以下包含其中一部分：",
    partial: "部分匹配",
    previous: "上一页",
    next: "下一页",
    all: "全部结果",
    recent: "最近搜索",
    forget: "清除",
    close: "关闭",
    hint: "输入词语、名称或任意一段汉字。",
    keys: "↑ ↓ 选择 · ↵ 打开 · Esc 关闭",
    results: "搜索结果",
    filters: "筛选",
    failed: (why) => `出错了：${why}。`,
    offline: "服务器没有响应",
    tooLong: "文字太长",
    errors: {
      overloaded: "服务器正忙，请稍后再试", deadline: "查询用时过长，请减少词语", stopping: "服务器正在停止",
      query_too_large: "文字太长或词语太多",
    },
    facets: { category: "分类", tags: "标签", lang: "语言", kind: "类型", year: "年份", source: "来源" },
  },
};
const languages = { zh: "中文", en: "English" };

const shownValues = 10;
const pageSize = 10;
/** Longest address that the endpoint reads, less the rest of its line. */
const longestAddress = 8000;
const lastOffset = 10000;
const typingPause = 120;
const statusPause = 500;

/** The texts for a place in the page, by the language that it says it is in. */
const textsFor = (place) => (/^zh/i.test(place.closest("[lang]")?.lang ?? "") ? texts.zh : texts.en);

// MARK: Elements

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value != null) made.setAttribute(key, value);
  }
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
function linkTarget({ url, anchor }, base) {
  if (!url || /[\x00-\x20\x7f\\]/.test(url)) return null;
  const scheme = /^[^/?#]*?:/.exec(url);
  if (scheme && !["http:", "https:", "mailto:"].includes(scheme[0].toLowerCase())) return null;
  try {
    return new URL(anchor && !url.includes("#") ? `${url}#${anchor}` : url, base).href;
  } catch {
    return null;
  }
}

/** Hits of one page stand together, where the best of them stands; an item of a digest is a page of its own. */
function grouped(hits) {
  const groups = new Map();
  for (const hit of hits) {
    const page = hit.kind === "item" ? hit.id : hit.url?.split("#")[0] ?? hit.sources[0] ?? hit.id;
    groups.set(page, [...(groups.get(page) ?? []), hit]);
  }
  return [...groups.values()];
}

// MARK: What is asked

function stateIn(parameters) {
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

const isTooLong = (address) => address.pathname.length + address.search.length > longestAddress;

// MARK: The view

let viewCount = 0;

/** A box, what was found for it, and the keys for both. `root` holds the elements, told apart by their classes. */
class View {
  constructor(root, { endpoint, base, facets, key }) {
    const part = (name) => root.querySelector(`.search-${name}`);
    this.form = part("form");
    this.box = part("input");
    this.count = part("count");
    this.better = part("better");
    this.chips = part("facets");
    this.list = part("results");
    this.links = part("pages");
    this.status = part("status");
    this.endpoint = endpoint;
    this.base = base;
    this.facetKeys = facets;
    this.headers = key ? { Authorization: `Bearer ${key}` } : {};
    this.texts = textsFor(root);
    this.id = `search-${(viewCount += 1)}`;
    this.active = -1;
    this.state = stateIn(new URLSearchParams());
    this.becomeCombobox();
    this.listenToBox();
    this.listenToLinks();
  }

  becomeCombobox() {
    this.list.id = `${this.id}-results`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.texts.results);
    for (const item of this.list.children) item.setAttribute("role", "presentation");
    this.chips.setAttribute("role", "toolbar");
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-controls": this.list.id, "aria-autocomplete": "list", "aria-expanded": "false",
    })) this.box.setAttribute(name, value);
  }

  // MARK: Asking

  addressOf(state) {
    return new URL(`?${parametersOf(state)}`, this.endpoint).href;
  }

  isAsking(state) {
    return state.q.trim() !== "" || state.facets.length > 0;
  }

  /** Shows the answer for a state, unless a newer one is asked for meanwhile. */
  async show(state) {
    clearTimeout(this.pause);
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.state = state;
    if (!this.isAsking(state)) return this.rest();
    const parameters = parametersOf(state);
    parameters.set("facets", this.facetKeys.join(","));
    parameters.set("prefix", "last");
    const address = new URL(`search?${parameters}`, this.endpoint);
    if (isTooLong(address)) return this.fail(this.texts.tooLong);
    try {
      const response = await fetch(address, { signal, headers: this.headers });
      const answer = await response.json();
      if (signal.aborted) return;
      if (response.ok) this.render(answer);
      else this.fail(this.texts.errors[answer.error?.code] ?? answer.error?.message ?? response.statusText);
    } catch (error) {
      if (!signal.aborted) this.fail(this.texts.offline, error);
    }
  }

  /** Asks for what stands in the box, a moment after the last key. */
  typed(pause = typingPause) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      if (this.box.value !== this.state.q) this.show({ ...this.state, q: this.box.value, offset: 0 });
    }, pause);
  }

  // MARK: Showing

  clear(text) {
    for (const place of [this.list, this.better, this.chips, this.links]) place.replaceChildren();
    this.activate(-1);
    this.tell(text);
  }

  /** Nothing is asked. */
  rest() {
    this.clear(this.texts.hint);
  }

  fail(why) {
    this.clear(this.texts.failed(why));
  }

  /** The line above the results at once, for screen readers when typing has stopped. */
  tell(text, ...more) {
    this.count.replaceChildren(text, ...more);
    clearTimeout(this.announcement);
    this.announcement = setTimeout(() => { this.status.textContent = text; }, statusPause);
  }

  render(answer) {
    if (answer.total === 0 && !answer.hits.length) this.tell(this.texts.none);
    else this.tell(answer.match === "some" ? this.texts.partialOnly : this.texts.count(answer.total));
    const better = answer.suggestion?.query;
    this.better.replaceChildren(...(better ? [`${this.texts.didYouMean} `, this.link(better, { q: better, offset: 0 })] : []));
    this.list.replaceChildren(...grouped(answer.hits).map((hits) => this.group(hits, answer.match)));
    this.renderChips(answer.facets);
    this.links.replaceChildren(...this.pageLinks(answer));
    this.activate(-1);
  }

  link(text, change, rel) {
    return element("a", { href: this.addressOf({ ...this.state, ...change }), rel }, text);
  }

  pageLinks({ total }) {
    const { offset, limit } = this.state;
    const links = [];
    if (offset > 0) links.push(this.link(this.texts.previous, { offset: Math.max(0, offset - limit) }, "prev"));
    const next = offset + limit;
    if (next < total && next <= lastOffset) links.push(this.link(this.texts.next, { offset: next }, "next"));
    return links;
  }

  group(hits, match) {
    const rows = hits.map((hit, place) => this.row(hit, match, place > 0));
    const name = hits[0].path[0] ?? hits[0].title;
    return element(
      "li", { role: "presentation" },
      ...(rows.length > 1 ? [element("div", { role: "group", "aria-label": name }, ...rows)] : rows),
    );
  }

  row(hit, match, isBelow) {
    const target = linkTarget(hit, this.base);
    const made = element(
      target ? "a" : "div", { class: isBelow ? "search-hit search-below" : "search-hit", href: target },
      element("span", { class: "search-title" }, ...(hit.title ? marked(hit.title_html) : [hit.id])),
    );
    if (hit.snippet) made.append(element("span", { class: "search-snippet" }, ...marked(hit.snippet)));
    let facts = hit.path.length ? [hit.path.join(" › ")] : hit.category.slice(0, 1);
    if (!facts.length) facts = hit.sources.slice(0, 1);
    if (hit.date) facts.push(hit.date);
    if (hit.match === "some" && match === "full") facts.push(this.texts.partial);
    if (facts.length) made.append(element("span", { class: "search-facts" }, facts.join(" · ")));
    return made;
  }

  // MARK: Chips

  renderChips(facets) {
    const focused = this.chips.contains(document.activeElement) ? document.activeElement.dataset.facet : null;
    this.chips.replaceChildren(...this.facetKeys.flatMap((key) => this.facet(key, facets[key] ?? [])));
    this.rove([...this.chips.querySelectorAll(".search-chip")].find((chip) => chip.dataset.facet === focused), focused !== null);
  }

  facet(key, counts) {
    const chosen = this.state.facets.filter((facet) => facet.startsWith(`${key}:`)).map((facet) => facet.slice(key.length + 1));
    const others = counts.filter(({ value }) => !chosen.includes(value));
    if (!chosen.length && others.length < 2) return [];
    const numberOf = (value) => counts.find((one) => one.value === value)?.count ?? 0;
    const chip = (value, isChosen) => element(
      "button", { type: "button", class: "search-chip", "aria-pressed": isChosen, "data-facet": `${key}:${value}` },
      `${key === "lang" ? languages[value] ?? value : value} `, element("span", {}, String(numberOf(value))),
    );
    return [element(
      "div", { class: "search-facet" }, element("span", {}, this.texts.facets[key] ?? key),
      ...chosen.map((value) => chip(value, true)),
      ...others.slice(0, shownValues).map(({ value }) => chip(value, false)),
    )];
  }

  /** One chip of the toolbar is reached by Tab, the others from there by arrows. */
  rove(chip, takesFocus = false) {
    const all = [...this.chips.querySelectorAll(".search-chip")];
    const reached = chip ?? all[0];
    for (const one of all) one.tabIndex = one === reached ? 0 : -1;
    if (takesFocus) (reached ?? this.box).focus();
  }

  // MARK: The active row

  get rows() {
    return this.list.querySelectorAll(".search-hit");
  }

  activate(place) {
    const { rows } = this;
    rows.forEach((row, index) => {
      row.id ||= `${this.id}-${index}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(index === place));
      if (row.href) row.tabIndex = -1;
    });
    this.active = place;
    this.box.setAttribute("aria-expanded", String(rows.length > 0));
    if (place < 0) return this.box.removeAttribute("aria-activedescendant");
    rows[place].scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", rows[place].id);
  }

  /** Follows the active row. */
  choose(row, isInNewTab) {
    if (!row.href) return;
    if (isInNewTab) open(row.href, "_blank", "noopener");
    else row.click();
  }

  /** Enter without an active row. */
  enter() {}

  /** Escape with an empty box; false leaves the key to the browser. */
  leave() {
    return false;
  }

  // MARK: Keys and input methods
  //
  // While a text is composed, its keys and half-typed letters belong to the input method. Safari ends the
  // composition before it sends the Enter that confirmed it, with keyCode 229.

  listenToBox() {
    const { box } = this;
    box.addEventListener("compositionstart", () => {
      this.isComposing = true;
      clearTimeout(this.pause);
    });
    box.addEventListener("compositionend", () => {
      this.isComposing = false;
      this.isConfirming = true;
      this.typed();
    });
    box.addEventListener("input", (event) => {
      if (event.isComposing) return;
      // A composition that was cut off has no end of its own.
      this.isComposing = false;
      this.typed();
    });
    box.addEventListener("keyup", () => { this.isConfirming = false; });
    box.addEventListener("keydown", (event) => {
      if (belongsToInputMethod(event)) return;
      this.isConfirming = false;
      if (!event.altKey && !event.shiftKey && this.pressed(event)) event.preventDefault();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.isComposing && !this.isConfirming) this.enter();
    });
  }

  /** Whether a key in the box was one of ours. */
  pressed(event) {
    const { rows, active, box } = this;
    switch (event.key) {
      case "ArrowDown":
        if (rows.length) this.activate((active + 1) % rows.length);
        return rows.length > 0;
      case "ArrowUp":
        if (rows.length) this.activate(active > 0 ? active - 1 : rows.length - 1);
        return rows.length > 0;
      case "Enter":
        if (active >= 0) this.choose(rows[active], event.ctrlKey || event.metaKey);
        return active >= 0;
      case "Escape":
        if (active >= 0) this.activate(-1);
        else if (box.value) {
          box.value = "";
          this.show({ ...this.state, q: "", facets: [], offset: 0 });
        } else return this.leave();
        return true;
      default:
        return false;
    }
  }

  // MARK: Chips and links

  listenToLinks() {
    this.chips.addEventListener("click", (event) => {
      const facet = event.target.closest(".search-chip")?.dataset.facet;
      if (!facet || isForBrowser(event)) return;
      event.preventDefault();
      const { facets } = this.state;
      const without = facets.filter((one) => one !== facet);
      this.follow({ ...this.state, offset: 0, facets: without.length < facets.length ? without : [...facets, facet] });
    });
    this.chips.addEventListener("keydown", (event) => {
      const all = [...this.chips.querySelectorAll(".search-chip")];
      const place = all.indexOf(event.target);
      const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: all.length - 1 }[event.key];
      if (place < 0 || next === undefined || belongsToInputMethod(event)) return;
      event.preventDefault();
      this.rove(all.at(next % all.length), true);
    });
    for (const place of [this.better, this.links]) {
      place.addEventListener("click", (event) => {
        const link = event.target.closest("a");
        if (!link || isForBrowser(event) || !this.isOurs(link)) return;
        event.preventDefault();
        const state = stateIn(new URL(link.href).searchParams);
        this.box.value = state.q;
        this.follow(state);
        if (place === this.better) this.box.focus();
      });
    }
  }

  isOurs() {
    return true;
  }

  /** Shows what a chip or a link asks for. */
  follow(state) {
    this.show(state);
  }
}

const belongsToInputMethod = (event) => event.isComposing || event.keyCode === 229;

/** Whether a click asks the browser for a new tab or the like. */
const isForBrowser = (event) => event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

// MARK: The page

/** The search page: what is asked stands in its address. */
class Page extends View {
  constructor(root) {
    super(root, { endpoint: new URL("./", location), base: document.baseURI, facets: ["category", "tags", "lang"] });
    const address = () => stateIn(new URLSearchParams(location.search));
    this.state = address();
    this.keep = "replace";
    this.title = document.querySelector("h1").textContent;
    if (this.box.value !== this.state.q) this.typed();
    this.rove();
    this.activate(-1);
    addEventListener("popstate", () => {
      const state = address();
      this.box.value = state.q;
      this.keep = "none";
      this.show(state);
    });
  }

  show(state) {
    const target = this.isAsking(state) ? this.addressOf(state) : "./";
    if (isTooLong(new URL(target, location))) this.keep = "none";
    if (this.keep === "push") history.pushState(null, "", target);
    if (this.keep === "replace") history.replaceState(null, "", target);
    this.keep = "replace";
    document.title = state.q ? `${state.q} · ${this.title}` : this.title;
    return super.show(state);
  }

  follow(state) {
    const isOtherPage = state.offset !== this.state.offset;
    this.keep = "push";
    this.show(state);
    if (isOtherPage) scrollTo(0, 0);
  }

  enter() {
    const { state, box } = this;
    this.keep = "push";
    this.show({ ...state, q: box.value, offset: box.value === state.q ? state.offset : 0 });
  }

  open() {
    this.box.focus();
    this.box.select();
  }
}

// MARK: The dialog

const recentKey = "search-recent";
const recentCount = 6;

/** What was looked for before, newest first; a browser may keep nothing. */
const recent = {
  get all() {
    try {
      const kept = JSON.parse(localStorage.getItem(recentKey)) ?? [];
      return kept.filter((query) => typeof query === "string").slice(0, recentCount);
    } catch {
      return [];
    }
  },
  set all(queries) {
    try {
      localStorage.setItem(recentKey, JSON.stringify(queries.slice(0, recentCount)));
    } catch { }
  },
};

/** The dialog behind a button. */
class Dialog extends View {
  constructor(dialog, owner, options) {
    super(dialog, options);
    this.dialog = dialog;
    this.owner = owner;
    // Selecting text may end outside the panel: only what also began there closes it.
    dialog.addEventListener("pointerdown", (event) => { this.pressedOn = event.target; });
    dialog.addEventListener("click", (event) => {
      const row = event.target.closest(".search-hit");
      if (row) this.chosen(row);
      else if ((event.target === dialog && this.pressedOn === dialog) || event.target.closest(".search-close")) dialog.close();
    });
    dialog.addEventListener("cancel", (event) => {
      if (this.isComposing) event.preventDefault();
    });
    dialog.addEventListener("close", () => {
      clearTimeout(this.pause);
      this.request?.abort();
    });
    this.rest();
  }

  open() {
    const { dialog, box } = this;
    if (dialog.open) return box.focus();
    dialog.dataset.theme = this.owner.theme;
    dialog.showModal();
    box.focus();
    box.select();
    if (box.value) this.show({ ...this.state, q: box.value });
    else this.rest();
  }

  leave() {
    this.dialog.close();
    return true;
  }

  /** Asks at once, and then chooses the best: a second Enter opens it. */
  async enter() {
    if (this.box.value !== this.state.q) await this.show({ ...this.state, q: this.box.value, offset: 0 });
    if (this.rows.length && this.active < 0) this.activate(0);
  }

  get remembers() {
    return this.owner.getAttribute("recent") !== "off";
  }

  rest() {
    const queries = this.remembers ? recent.all : [];
    if (!queries.length) return super.rest();
    const forget = element("button", { type: "button", class: "search-forget" }, this.texts.forget);
    forget.addEventListener("click", () => {
      recent.all = [];
      this.rest();
      this.box.focus();
    });
    super.clear("");
    this.tell(this.texts.recent, " ", forget);
    this.list.replaceChildren(...queries.map((query) => element(
      "li", { role: "presentation" },
      element("div", { class: "search-hit search-recent" }, element("span", { class: "search-title" }, query)),
    )));
    this.activate(-1);
  }

  choose(row, isInNewTab) {
    if (isInNewTab || !row.href) this.chosen(row, isInNewTab);
    super.choose(row, isInNewTab);
  }

  /** A row was clicked, or its address is followed. */
  chosen(row, stays = false) {
    if (row.classList.contains("search-recent")) {
      this.box.value = row.textContent;
      this.typed(0);
      return this.box.focus();
    }
    if (this.remembers && this.state.q.trim()) recent.all = [this.state.q, ...recent.all.filter((query) => query !== this.state.q)];
    if (row.href && !stays) this.dialog.close();
  }

  pageLinks({ total, hits }) {
    return total > hits.length ? [this.link(`${this.texts.all} (${total})`, {})] : [];
  }

  isOurs(link) {
    return !this.links.contains(link);
  }
}

const drawing = "http://www.w3.org/2000/svg";

function magnifier() {
  const made = document.createElementNS(drawing, "svg");
  const path = document.createElementNS(drawing, "path");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M16 16l5 5M18 10.5a7.5 7.5 0 1 1-15 0a7.5 7.5 0 0 1 15 0");
  made.append(path);
  return made;
}

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

class SearchBox extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    const words = textsFor(this);
    this.button = element(
      "button", { type: "button", class: "search-open", "aria-haspopup": "dialog", "aria-keyshortcuts": "/ Control+K Meta+K" },
      magnifier(), element("span", {}, words.open), element("kbd", { "aria-hidden": "true" }, isApple ? "⌘K" : "Ctrl K"),
    );
    this.button.addEventListener("click", () => this.open());
    this.replaceChildren(this.button);
  }

  disconnectedCallback() {
    this.dialog?.dialog.remove();
    this.dialog = null;
  }

  open() {
    this.dialog ??= this.makeDialog();
    this.dialog.open();
  }

  makeDialog() {
    const words = textsFor(this);
    const address = (name, fallback) => new URL(`${this.getAttribute(name) ?? fallback}/`.replace(/\/+$/, "/"), document.baseURI);
    const endpoint = this.hasAttribute("endpoint") ? address("endpoint") : new URL("./", import.meta.url);
    const box = element("input", {
      class: "search-input", type: "search", name: "q", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      enterkeyhint: "search", maxlength: 1000, placeholder: words.placeholder, "aria-label": words.placeholder,
    });
    const dialog = element(
      "dialog", { class: "search-dialog", lang: this.closest("[lang]")?.lang, "aria-label": words.open },
      element("div", { class: "search-panel" },
        element("form", { class: "search-form", role: "search", method: "get", action: endpoint.href },
          box, element("button", { type: "button", class: "search-close" }, words.close)),
        element("div", { class: "search-body" },
          element("p", { class: "search-count" }), element("p", { class: "search-better" }),
          element("div", { class: "search-facets", "aria-label": words.filters }),
          element("ol", { class: "search-results" }), element("p", { class: "search-pages" })),
        element("p", { class: "search-keys", "aria-hidden": "true" }, words.keys),
        element("p", { class: "search-status search-hidden", role: "status" })),
    );
    document.body.append(dialog);
    return new Dialog(dialog, this, {
      endpoint, base: address("base", "/"), facets: (this.getAttribute("facets") ?? "category,tags,lang").split(","),
      key: this.getAttribute("key"),
    });
  }

  /** As asked for, or as the page around is: sites tell their dark mode in many ways, but all of them paint it. */
  get theme() {
    const wish = this.getAttribute("theme");
    if (wish === "light" || wish === "dark") return wish;
    for (const place of [document.body, document.documentElement]) {
      const light = lightness(getComputedStyle(place).backgroundColor);
      if (light !== null) return light < 0.5 ? "dark" : "light";
    }
    const said = getComputedStyle(document.documentElement).colorScheme;
    const schemes = said === "normal" ? document.querySelector("meta[name=color-scheme]")?.content ?? "" : said;
    const isDark = schemes.includes("dark") && (!schemes.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
    return isDark ? "dark" : "light";
  }
}

/** From 0 to 1; null for a colour that is seen through, or in a space that is not known here. */
function lightness(color) {
  const [, space, list] = /^(rgba?|okl(?:ab|ch)|color)\((?:srgb )?([\d.,/ e-]+)\)$/.exec(color) ?? [];
  const [first, second, third, alpha = 1] = list?.match(/[\d.]+(?:e-\d+)?/g)?.map(Number) ?? [];
  if (!space || alpha <= 0.5) return null;
  if (space.startsWith("okl")) return first;
  return (first * 0.3 + second * 0.6 + third * 0.1) / (space === "color" ? 1 : 255);
}

// MARK: Start

const main = document.querySelector(".search-page");
const page = main ? new Page(main) : null;
if (!customElements.get("search-box")) customElements.define("search-box", SearchBox);

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || belongsToInputMethod(event) || event.altKey || event.shiftKey) return;
  const hasControl = event.ctrlKey || event.metaKey;
  // Inside of a component the event itself names only the component.
  const [field] = event.composedPath();
  const isTyping = field.isContentEditable || field.closest?.("input, textarea, select");
  if (event.key === "/" ? isTyping || hasControl : event.key?.toLowerCase() !== "k" || !hasControl) return;
  const opened = page ?? document.querySelector("search-box");
  if (!opened) return;
  event.preventDefault();
  opened.open();
});
