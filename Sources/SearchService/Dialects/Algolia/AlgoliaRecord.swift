import QueryEngine
import SearchModel

/// An entry as a record of Algolia in DocSearch's shape.
///
/// DocSearch puts `hierarchy` and `content` into the page as HTML whenever it has nothing marked to show (recent searches,
/// for one), for its own crawler writes them escaped. So they are HTML wherever what is marked is.
struct AlgoliaRecord {
  enum Value {
    /// Text that is searched, and that boxes show as HTML.
    case html(String?, isTitle: Bool)
    /// Text that is searched.
    case text(String, isTitle: Bool)
    case texts([String])
    /// What is not searched.
    case plain(String?)
  }

  /// Words of a longer text that a hit carries: about a paragraph, as in records of theirs.
  private static let paragraphWords = 100
  /// Bytes of UTF-8 up to which a text is a paragraph by itself.
  private static let paragraphBytes = 1_500

  let id: String
  /// By name, with a dot for what is inside of `hierarchy`.
  let attributes: [(name: String, value: Value)]

  /// A record by itself, with all of its text.
  init(_ entry: Entry) {
    let record = HierarchyRecord(entry)
    self.init(record, type: record.type, content: record.content ?? entry.description)
  }

  /// A record as a hit: of a long text the paragraph that shows most of the query, and as type what has to be shown.
  init(_ entry: Entry, for highlighter: Highlighter) {
    let record = HierarchyRecord(entry)
    let whole = entry.text.isEmpty ? entry.description : entry.text
    let content =
      whole.utf8.count <= Self.paragraphBytes
      ? whole : highlighter.cropped(whole, isTitle: false, words: Self.paragraphWords, marker: "…").text
    var type = record.type
    // Boxes show headings below the first with nothing of their text, and text with the page's title.
    if record.level > 1, highlighter.marked(entry.title, isTitle: true).ranges.isEmpty,
      !highlighter.marked(content, isTitle: false).ranges.isEmpty
    {
      type = "content"
    }
    self.init(record, type: type, content: content)
  }

  private init(_ record: HierarchyRecord, type: String, content: String) {
    let entry = record.entry
    id = entry.id
    var attributes: [(String, Value)] = [
      ("url", .plain(record.url)), ("url_without_anchor", .plain(record.urlWithoutAnchor)),
      ("anchor", .plain(record.anchor)), ("type", .plain(type)), ("kind", .plain(entry.kind.name)),
      ("title", .text(entry.title, isTitle: true)),
      ("content", .html(content.isEmpty ? nil : content, isTitle: false)),
    ]
    for (level, title) in record.levels.enumerated() {
      attributes.append(("hierarchy.lvl\(level)", .html(title, isTitle: level == record.level)))
    }
    attributes += [
      ("category", .texts(entry.category)), ("tags", .texts(entry.tags)), ("lang", .plain(entry.lang)),
      ("language", .plain(entry.lang)), ("date", .plain(entry.date)),
    ]
    self.attributes = attributes
  }

  /// Members of an object, those with a dot inside an object of their own.
  private func write(
    to json: inout JSONWriter, if isWanted: (String, Value) -> Bool,
    _ write: (inout JSONWriter, String, Value) -> Void
  ) {
    var inner: [(name: String, value: Value)] = []
    for (name, value) in attributes where isWanted(name, value) {
      if name.hasPrefix("hierarchy.") {
        inner.append((name, value))
      } else {
        json.key(name)
        write(&json, name, value)
      }
    }
    guard !inner.isEmpty else { return }
    json.key("hierarchy")
    json.object { json in
      for (name, value) in inner {
        json.key(String(name.dropFirst("hierarchy.".count)))
        write(&json, name, value)
      }
    }
  }

  /// The attributes that are wanted.
  func write(_ wanted: AlgoliaAttributeList, asHTML: Bool = false, to json: inout JSONWriter) {
    json.field("objectID", id)
    write(to: &json, if: { name, _ in wanted.contains(name) }) { json, _, value in
      switch value {
      case .html(let text, _):
        json.string(asHTML ? text.map { HighlightTags().text(MarkedText(text: $0)) } : text)
      case .text(let text, _): json.string(text)
      case .texts(let texts): json.strings(texts)
      case .plain(let text): json.string(text)
      }
    }
  }

  /// `_highlightResult` and `_snippetResult`: what stands in the attributes of the query.
  func writeMarked(
    _ presentation: AlgoliaPresentation, _ highlighter: Highlighter, to json: inout JSONWriter
  ) {
    let marks = presentation.marks
    json.key("_highlightResult")
    json.object { json in
      write(to: &json, if: { $1.isSearched && presentation.highlighted.contains($0) }) { json, _, value in
        value.write(to: &json, onlyMatching: presentation.onlyMatchingValues, highlighter) {
          json, text, isTitle in
          marks.write(highlighter.marked(text, isTitle: isTitle), highlighter, asSnippet: false, to: &json)
        }
      }
    }
    guard !presentation.snippets.isEmpty else { return }
    json.key("_snippetResult")
    json.object { json in
      write(to: &json, if: { $1.isSearched && presentation.snippets.wordCount(of: $0) != nil }) {
        json, name, value in
        let words = presentation.snippets.wordCount(of: name) ?? AlgoliaSnippets.wordCount
        value.write(to: &json, onlyMatching: presentation.onlyMatchingValues, highlighter) {
          json, text, isTitle in
          let excerpt = highlighter.cropped(
            text, isTitle: isTitle, words: words, marker: presentation.ellipsis)
          marks.write(excerpt, highlighter, asSnippet: true, to: &json)
        }
      }
    }
  }
}

extension AlgoliaRecord.Value {
  /// Whether there is a text in it that something of the query may stand in.
  fileprivate var isSearched: Bool {
    switch self {
    case .html(let text, _): text != nil
    case .text, .texts: true
    case .plain: false
    }
  }

  /// One text, or each text of a list.
  fileprivate func write(
    to json: inout JSONWriter, onlyMatching: Bool, _ highlighter: Highlighter,
    _ write: (inout JSONWriter, String, Bool) -> Void
  ) {
    switch self {
    case .html(let text, let isTitle): write(&json, text ?? "", isTitle)
    case .text(let text, let isTitle): write(&json, text, isTitle)
    case .texts(let texts):
      json.array { json in
        for text in texts
        where !onlyMatching || !highlighter.marked(text, isTitle: false).ranges.isEmpty {
          write(&json, text, false)
        }
      }
    case .plain(let text): json.string(text)
    }
  }
}
