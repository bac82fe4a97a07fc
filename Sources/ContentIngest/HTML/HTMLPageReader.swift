import CGumbo

/// What a built page holds: its own text, without the frame that the site puts around it.
struct HTMLPage {
  /// Title, description, language and so on, as the head says them.
  var front = FrontMatter()
  /// `<link rel="canonical">`, when it is an address.
  var canonical: String?
  var units: [MarkdownUnit] = []
}

/// HTML → units, as of Markdown.
struct HTMLPageReader {
  let contentSelectors: [HTMLSelector]
  let ignoredSelectors: [HTMLSelector]
  private var builder = TextBuilder()
  private var units: [MarkdownUnit] = []
  private var headings: [HeadingSource] = []
  private var kind = MarkdownUnit.Kind.other
  private var listCount = 0
  private var listDepth = 0
  private var verbatimDepth = 0

  init(_ options: SourceOptions) {
    contentSelectors = options.contentSelectors.compactMap { HTMLSelector($0) }
    ignoredSelectors = options.ignoredSelectors.compactMap { HTMLSelector($0) }
  }

  mutating func page(of bytes: [UInt8]) throws(MetaProblem) -> HTMLPage {
    let document = try HTMLDocument(bytes)
    var reader = self
    let page = document.withRoot { root -> HTMLPage in
      guard let root else { return HTMLPage() }
      var page = reader.head(of: root)
      let (roots, isFrame) = reader.content(of: root)
      reader.units = []
      for content in roots { reader.read(content, isFrame: isFrame) }
      page.units = reader.units
      // A page that begins with its H1 is called so; its <title> often names the site too.
      if case .heading(level: 1)? = page.units.first(where: {
        if case .heading = $0.kind { true } else { false }
      })?.kind {
        page.front.title = ""
      }
      return page
    }
    return page
  }

  // MARK: - Head

  private func head(of root: HTMLElement) -> HTMLPage {
    var page = HTMLPage()
    page.front.lang = root["lang"].flatMap(languageCode)
    var social: [String: String] = [:]
    for element in root.elements(where: {
      ["title", "meta", "link", "svg", "main", "article"].contains($0.name)
    }) {
      switch element.name {
      case "title": if page.front.title.isEmpty { page.front.title = Self.text(of: element) }
      case "link":
        if element["rel"]?.lowercased() == "canonical", let target = element["href"],
          let safe = safeLink(target.utf8), safe.hasPrefix("http")
        {
          page.canonical = safe
        }
      case "meta":
        guard let name = (element["name"] ?? element["property"])?.lowercased(),
          let content = element["content"]
        else { continue }
        let value = trimmed(content)
        switch name {
        case "description": page.front.description = value
        case "author": page.front.authors = [value].filter { !$0.isEmpty }
        case "keywords": page.front.keywords = MetaValue.text(value).strings
        case "article:tag": page.front.tags.append(value)
        case "article:section": page.front.categories = [value].filter { !$0.isEmpty }
        case "date", "article:published_time", "dc.date": page.front.date = page.front.date ?? isoDate(value)
        case "robots": if value.lowercased().contains("noindex") { page.front.isExcluded = true }
        default: social[name] = value
        }
      default: break
      }
    }
    if let title = social["og:title"], !title.isEmpty { page.front.title = title }
    if page.front.description.isEmpty { page.front.description = social["og:description"] ?? "" }
    return page
  }

  private static func text(of element: HTMLElement) -> String {
    var text: [UInt8] = []
    var current: UnsafeMutablePointer<GumboNode>? = element.node
    while let node = current {
      if node.pointee.type == GUMBO_NODE_TEXT || node.pointee.type == GUMBO_NODE_WHITESPACE,
        let literal = node.pointee.v.text.text
      {
        text += String(cString: literal).utf8
      }
      current = HTMLElement.next(after: node, below: true, within: element.node) { _ in }
    }
    var builder = TextBuilder()
    text.withUnsafeBufferPointer { builder.append($0, foldingLines: true) }
    return String(decoding: builder.finish(.other).text, as: UTF8.self)
  }

  // MARK: - The page's own part

  /// The elements that hold the page's text, and whether the site's frame is in them.
  private func content(of root: HTMLElement) -> (roots: [HTMLElement], isFrame: Bool) {
    let marked = root.elements { $0["data-pagefind-body"] != nil }
    if !marked.isEmpty { return (marked, false) }
    for selector in contentSelectors {
      let chosen = root.elements { selector.matches($0) }
      if !chosen.isEmpty { return (chosen, false) }
    }
    let mains = root.elements { $0.tag == GUMBO_TAG_MAIN || $0["role"] == "main" }
    if let main = mains.first {
      let articles = main.elements { $0.tag == GUMBO_TAG_ARTICLE }
      return (articles.count == 1 ? articles : [main], false)
    }
    let articles = root.elements { $0.tag == GUMBO_TAG_ARTICLE }
    if articles.count == 1 { return (articles, false) }
    let bodies = root.elements { $0.tag == GUMBO_TAG_BODY }
    return (bodies.isEmpty ? [root] : bodies, true)
  }

  private static let hiddenTags: Set<String> = [
    "script", "style", "template", "noscript", "nav", "footer", "form", "button", "svg", "iframe", "head",
    "select",
    "object", "canvas", "dialog",
  ]
  private static let frameTags: Set<String> = ["header", "aside"]
  /// The signs beside headings that copy their address.
  private static let permalinks: Set<String> = [
    "headerlink", "header-anchor", "hash-link", "anchor-link", "heading-anchor",
  ]

  private func isHidden(_ element: HTMLElement, isFrame: Bool) -> Bool {
    let name = element.name
    if Self.hiddenTags.contains(name) || (isFrame && Self.frameTags.contains(name)) { return true }
    if element["data-pagefind-ignore"] != nil || element["hidden"] != nil { return true }
    if element["aria-hidden"] == "true" { return true }
    if name == "a", let own = element["class"],
      own.split(whereSeparator: \.isWhitespace).contains(where: { Self.permalinks.contains(String($0)) })
    {
      return true
    }
    return ignoredSelectors.contains { $0.matches(element) }
  }

  // MARK: - Text

  private static let blockTags: Set<String> = [
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption",
    "figure", "header", "hr", "legend", "main", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "tfoot",
    "thead", "tr", "ul", "body", "caption", "li", "h1", "h2", "h3", "h4", "h5", "h6",
  ]

  private mutating func read(_ root: HTMLElement, isFrame: Bool) {
    begin(.other)
    var current: UnsafeMutablePointer<GumboNode>? = root.node
    while let node = current {
      var below = true
      switch node.pointee.type {
      case GUMBO_NODE_TEXT, GUMBO_NODE_WHITESPACE, GUMBO_NODE_CDATA:
        if let literal = node.pointee.v.text.text { append(literal) }
      case GUMBO_NODE_ELEMENT:
        if let element = HTMLElement(node) {
          if isHidden(element, isFrame: isFrame) { below = false } else { enter(element) }
        }
      default: below = false
      }
      let skipped = below ? nil : node
      var left: [UnsafeMutablePointer<GumboNode>] = []
      current = HTMLElement.next(after: node, below: below, within: root.node) { left.append($0) }
      for node in left where node != skipped {
        if let element = HTMLElement(node) { leave(element) }
      }
    }
    finish()
  }

  private mutating func append(_ literal: UnsafePointer<CChar>) {
    literal.withMemoryRebound(to: UInt8.self, capacity: 1) { start in
      var count = 0
      while start[count] != 0 { count += 1 }
      let bytes = UnsafeBufferPointer(start: start, count: count)
      if verbatimDepth > 0 {
        builder.appendVerbatim(bytes)
      } else {
        // Between two elements white space is white space, whatever it is made of.
        builder.append(bytes, foldingLines: bytes.contains { $0 > 0x20 })
      }
    }
  }

  private mutating func enter(_ element: HTMLElement) {
    switch element.name {
    case "h1", "h2", "h3", "h4", "h5", "h6":
      finish()
      let level = Int(String(element.name.last ?? "1")) ?? 1
      begin(.heading(level: level))
      headings = [HeadingSource(text: "", markdown: "", explicit: anchor(of: element))]
    case "li":
      listDepth += 1
      if listDepth == 1 {
        finish()
        let isOrdered = element.node.pointee.parent.flatMap { HTMLElement($0) }?.name == "ol"
        begin(.listItem(list: listCount, isOrdered: isOrdered))
      } else {
        builder.startBlock()
      }
    case "ul", "ol":
      if listDepth == 0 { listCount += 1 }
      builder.startBlock()
    case "p" where listDepth == 0 && kind == .other:
      finish()
      begin(.paragraph)
    case "pre":
      builder.startBlock()
      verbatimDepth += 1
    case "br": builder.breakLine(isHard: true)
    case "td", "th": builder.startCell()
    case "strong", "b": builder.strongDepth += 1
    case "a": builder.openLink(element["href"].flatMap { safeLink($0.utf8) })
    case "img":
      if let text = element["alt"], !text.isEmpty {
        builder.imageDepth += 1
        Array(text.utf8).withUnsafeBufferPointer { builder.append($0) }
        builder.imageDepth -= 1
      }
    case let name: if Self.blockTags.contains(name) { builder.startBlock() }
    }
  }

  private mutating func leave(_ element: HTMLElement) {
    switch element.name {
    case "h1", "h2", "h3", "h4", "h5", "h6":
      finish()
      begin(.other)
    case "li":
      listDepth -= 1
      if listDepth == 0 {
        finish()
        begin(.other)
      } else {
        builder.endBlock()
      }
    case "p" where listDepth == 0 && kind == .paragraph:
      finish()
      begin(.other)
    case "pre":
      verbatimDepth -= 1
      builder.endBlock()
    case "strong", "b": builder.strongDepth -= 1
    case "a": builder.closeLink()
    case let name: if Self.blockTags.contains(name) { builder.endBlock() }
    }
  }

  /// Of the heading, of a name inside it, or of the section that it begins.
  private func anchor(of heading: HTMLElement) -> String? {
    if let id = heading["id"], !id.isEmpty { return id }
    for inner in heading.elements(where: { $0.tag == GUMBO_TAG_A && ($0["id"] ?? $0["name"]) != nil }) {
      if let id = inner["id"] ?? inner["name"], !id.isEmpty { return id }
    }
    guard heading.node.pointee.index_within_parent <= 1,
      let parent = heading.node.pointee.parent.flatMap({ HTMLElement($0) }),
      ["section", "div"].contains(parent.name), let id = parent["id"], !id.isEmpty
    else { return nil }
    return id
  }

  private mutating func begin(_ kind: MarkdownUnit.Kind) {
    self.kind = kind
    headings = []
    let strong = builder.strongDepth
    builder.begin(recordsLead: kind != .other)
    builder.strongDepth = strong
  }

  private mutating func finish() {
    var unit = builder.finish(kind)
    unit.headings = headings
    let strong = builder.strongDepth
    builder.begin(recordsLead: false)
    builder.strongDepth = strong
    headings = []
    kind = .other
    guard !unit.text.isEmpty else { return }
    if unit.headings.count == 1 { unit.headings[0].text = String(decoding: unit.text, as: UTF8.self) }
    units.append(unit)
  }
}
