import HTTPTypes
import SearchModel

/// The page at `/`: a form and its answer, whole without a script, the same that the script builds.
struct SearchPage {
  /// What visitors can narrow down by.
  static let facets: [FacetKey] = [.category, .tags, .lang]
  /// Values shown per facet, the chosen ones apart.
  private static let shownValues = 10

  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

  private let texts: PageTexts
  private let request: SearchRequest
  private let results: SearchResults?

  /// - Parameter results: nil when nothing was asked.
  init(_ texts: PageTexts, _ request: SearchRequest, _ results: SearchResults?) {
    self.texts = texts
    self.request = request
    self.results = results
  }

  /// - Parameter error: what went wrong instead of results.
  func reply(_ error: ServiceError? = nil) -> Reply {
    var html = HTMLWriter()
    write(to: &html, error)
    var reply = Reply(status: error?.status ?? .ok, type: "text/html; charset=utf-8", body: html.bytes)
    reply.fields[.contentSecurityPolicy] = Self.policy
    reply.vary(on: "Accept-Language")
    reply.fields[.contentLanguage] = texts.language
    if let error { reply.describe(error) }
    return reply
  }

  // MARK: The whole

  private func write(to html: inout HTMLWriter, _ error: ServiceError?) {
    html.raw("<!doctype html>\n<html")
    html.attribute("lang", texts.language)
    html.raw(">\n<head>\n<meta charset=\"utf-8\">\n")
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
    html.text(request.text.isEmpty ? texts.title : "\(request.text) · \(texts.title)")
    html.raw(
      "</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"search.css\">\n<link")
    html.attribute("rel", "search")
    html.attribute("type", BrowserDescription.type)
    html.attribute("title", texts.title)
    html.raw(
      " href=\"opensearch.xml\">\n<script type=\"module\" src=\"search.js\"></script>\n</head>\n<body>\n")
    html.raw("<main class=\"search-page\">\n<h1 class=\"search-hidden\">")
    html.text(texts.title)
    html.raw("</h1>\n")
    writeForm(to: &html)
    html.raw("<p class=\"search-count\">")
    html.text(summary(error))
    html.raw("</p>\n<p class=\"search-better\">")
    if let suggestion = results?.suggestion { write(suggestion, to: &html) }
    html.raw("</p>\n<div class=\"search-facets\" role=\"group\"")
    html.attribute("aria-label", texts.filters)
    html.raw(">")
    if let results { writeFacets(results, to: &html) }
    html.raw("</div>\n<ol class=\"search-results\"")
    html.attribute("aria-label", texts.results)
    html.raw(">")
    for group in Self.grouped(results?.hits ?? []) { write(group, to: &html) }
    html.raw("</ol>\n<nav class=\"search-pages\"")
    html.attribute("aria-label", texts.pages)
    html.raw(">")
    if let results { writePages(results, to: &html) }
    html.raw(
      "</nav>\n<p class=\"search-status search-hidden\" role=\"status\"></p>\n</main>\n</body>\n</html>\n")
  }

  private func writeForm(to html: inout HTMLWriter) {
    html.raw("<form class=\"search-form\" role=\"search\" method=\"get\" action=\"./\">\n")
    html.raw("<input class=\"search-input\" type=\"search\" name=\"q\" autocomplete=\"off\"")
    html.raw(" autocapitalize=\"off\" spellcheck=\"false\" enterkeyhint=\"search\" maxlength=\"1000\"")
    // Beside results it would open the keyboard of a phone over them.
    if results == nil { html.raw(" autofocus") }
    html.attribute("aria-label", texts.placeholder)
    html.attribute("placeholder", texts.placeholder)
    html.attribute("value", request.text)
    html.raw(">\n<button class=\"search-go\" type=\"submit\">")
    html.text(texts.button)
    html.raw("</button>\n</form>\n")
  }

  private func summary(_ error: ServiceError?) -> String {
    if let error {
      let isChinese = texts.language != "en"
      return texts.failed + (isChinese ? "：" : ": ") + error.message + (isChinese ? "。" : ".")
    }
    guard let results else { return texts.hint }
    if results.total == 0 {
      return texts.noResults + (texts.language == "en" ? " " : "") + texts.noResultsHint
    }
    return results.match == .some ? texts.partialOnly : texts.count(results.total)
  }

  private func write(_ suggestion: Suggestion, to html: inout HTMLWriter) {
    var other = request
    other.text = suggestion.query
    other.offset = 0
    html.text(texts.didYouMean)
    html.raw(" <a")
    html.attribute("href", Self.address(of: other))
    html.raw(">")
    html.text(suggestion.query)
    html.raw("</a>")
  }

  // MARK: Hits

  /// Hits of one page together, where the best of them stands; an item of a digest is a page of its own.
  static func grouped(_ hits: [Hit]) -> [[Hit]] {
    var groups: [[Hit]] = []
    var places: [String: Int] = [:]
    for hit in hits {
      let entry = hit.entry
      let address = entry.url.map { String($0.prefix { $0 != "#" }) }
      let page = entry.kind == .item ? entry.id : address ?? entry.sources.first ?? entry.id
      if let place = places[page] {
        groups[place].append(hit)
      } else {
        places[page] = groups.count
        groups.append([hit])
      }
    }
    return groups
  }

  private func write(_ group: [Hit], to html: inout HTMLWriter) {
    html.raw("<li>")
    let isGroup = group.count > 1
    if isGroup, let first = group.first?.entry {
      html.raw("<div role=\"group\"")
      html.attribute("aria-label", first.path.first ?? first.title)
      html.raw(">")
    }
    for (place, hit) in group.enumerated() { write(hit, isBelow: place > 0, to: &html) }
    html.raw(isGroup ? "</div></li>" : "</li>")
  }

  private func write(_ hit: Hit, isBelow: Bool, to html: inout HTMLWriter) {
    let entry = hit.entry
    let target = linkTarget(entry.url, anchor: entry.anchor)
    html.raw(target == nil ? "<div" : "<a")
    html.attribute("class", isBelow ? "search-hit search-below" : "search-hit")
    if let target { html.attribute("href", target) }
    html.raw("><span class=\"search-title\">")
    html.text(
      entry.title.isEmpty ? entry.id : entry.title, marking: entry.title.isEmpty ? [] : hit.titleHighlights)
    html.raw("</span>")
    if !hit.snippet.isEmpty {
      html.raw("<span class=\"search-snippet\">")
      html.text(hit.snippet, marking: hit.snippetHighlights)
      html.raw("</span>")
    }
    var facts =
      entry.path.isEmpty ? [entry.category.first].compactMap { $0 } : [entry.path.joined(separator: " › ")]
    if facts.isEmpty { facts = [entry.sources.first].compactMap { $0 } }
    if let date = entry.date { facts.append(date) }
    if hit.match == .some, results?.match == .full { facts.append(texts.partial) }
    if !facts.isEmpty {
      html.raw("<span class=\"search-facts\">")
      html.text(facts.joined(separator: " · "))
      html.raw("</span>")
    }
    html.raw(target == nil ? "</div>" : "</a>")
  }

  // MARK: Facets and pages

  private func writeFacets(_ results: SearchResults, to html: inout HTMLWriter) {
    for facet in results.facets {
      let chosen = request.filters[facet.key] ?? []
      let others = facet.counts.filter { !chosen.contains($0.value) }
      guard !chosen.isEmpty || others.count > 1 else { continue }
      html.raw("<div class=\"search-facet\"><span>")
      html.text(texts.facets[facet.key.rawValue] ?? facet.key.rawValue)
      html.raw("</span>")
      for value in chosen {
        let count = facet.counts.first { $0.value == value }?.count ?? 0
        writeChip(facet.key, value, count, isChosen: true, to: &html)
      }
      for count in others.prefix(Self.shownValues) {
        writeChip(facet.key, count.value, count.count, isChosen: false, to: &html)
      }
      html.raw("</div>")
    }
  }

  private func writeChip(
    _ key: FacetKey, _ value: String, _ count: Int, isChosen: Bool, to html: inout HTMLWriter
  ) {
    var other = request
    other.offset = 0
    if isChosen {
      other.filters[key]?.removeAll { $0 == value }
    } else {
      other.filters[key, default: []].append(value)
    }
    html.raw("<a class=\"search-chip\"")
    html.attribute("href", Self.address(of: other))
    html.attribute("data-facet", "\(key.rawValue):\(value)")
    if isChosen { html.attribute("aria-current", "true") }
    html.raw(">")
    html.text(key == .lang ? PageTexts.languages[value] ?? value : value)
    html.raw(" <span>")
    html.text(String(count))
    html.raw("</span></a>")
  }

  private func writePages(_ results: SearchResults, to html: inout HTMLWriter) {
    func link(_ text: String, offset: Int, _ relation: String) {
      var other = request
      other.offset = offset
      html.raw("<a")
      html.attribute("rel", relation)
      html.attribute("href", Self.address(of: other))
      html.raw(">")
      html.text(text)
      html.raw("</a>")
    }
    if request.offset > 0 { link(texts.previous, offset: max(0, request.offset - request.limit), "prev") }
    let next = request.offset + request.limit
    if next < results.total, SearchRequest.offsets.contains(next) { link(texts.next, offset: next, "next") }
  }

  /// The page that shows an answer, relative to this one.
  private static func address(of request: SearchRequest) -> String {
    var address = "?q=" + percentEncoded(request.text)
    for key in FacetKey.allCases {
      for value in request.filters[key] ?? [] {
        address += "&facet=" + percentEncoded("\(key.rawValue):\(value)")
      }
    }
    if request.order != .relevance { address += "&sort=" + request.order.rawValue }
    if request.limit != SearchRequest.defaultLimit { address += "&limit=\(request.limit)" }
    if request.offset > 0 { address += "&offset=\(request.offset)" }
    return address
  }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  private static func percentEncoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
