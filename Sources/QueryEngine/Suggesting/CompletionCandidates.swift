import IndexFormat
import SearchModel
import TextAnalysis

/// Every text of a snapshot that may complete a prefix: titles and tags of live entries, each once.
struct CompletionCandidates {
  /// More different texts than this are left out.
  static let maximumCount = 1_000_000

  struct Candidate {
    var completion: Completion
    /// Folded, at most `CompletionPrefix.longestText` bytes.
    var folded: [UInt8]
    /// Characters of the folded text.
    var length: Int
  }

  private struct Key: Hashable {
    var text: String
    var isTag: Bool
  }

  private(set) var candidates: [Candidate] = []
  private var places: [Key: Int] = [:]
  private let analyzer: Analyzer

  init(in snapshot: IndexSnapshot, analyzer: Analyzer) throws {
    self.analyzer = analyzer
    for segment in snapshot.segments {
      let stored = try segment.storedFields()
      let tags = segment.facet(.tags)
      try tags.check(0..<segment.documentCount)
      var isUsed = [Bool](repeating: false, count: tags.valueCount)
      for document in 0..<segment.documentCount where segment.live?.isLive(document) ?? true {
        let fields = try stored.fields(of: document)
        add(fields.title, .title, url: Self.url(of: fields))
        tags.forEachOrdinal(of: document) { isUsed[$0] = true }
      }
      for ordinal in isUsed.indices where isUsed[ordinal] { add(try tags.value(ordinal), .tag, url: nil) }
    }
    places = [:]
  }

  private static func url(of fields: StoredFields) -> String? {
    guard let url = fields.url else { return nil }
    guard let anchor = fields.anchor, !url.contains("#") else { return url }
    return url + "#" + anchor
  }

  private mutating func add(_ text: String, _ kind: Completion.Kind, url: String?) {
    let key = Key(text: text, isTag: kind == .tag)
    if let place = places[key] {
      // One title, several places: the text leads to none of them.
      if candidates[place].completion.url != url { candidates[place].completion.url = nil }
      return
    }
    guard candidates.count < Self.maximumCount else { return }
    let folded = CompletionPrefix.fold(text, analyzer: analyzer)
    guard !folded.isEmpty else { return }
    places[key] = candidates.count
    candidates.append(
      Candidate(
        completion: Completion(text: text, kind: kind, url: url), folded: Self.cut(folded),
        length: folded.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }))
  }

  /// At a character border.
  private static func cut(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > CompletionPrefix.longestText else { return bytes }
    var end = CompletionPrefix.longestText
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(bytes[..<end])
  }

  /// Shorter first; ties by text, a title before the tag of the same name.
  static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
    if a.length != b.length { return a.length < b.length }
    if a.completion.text != b.completion.text {
      return a.completion.text.utf8.lexicographicallyPrecedes(b.completion.text.utf8)
    }
    return a.completion.kind == .title && b.completion.kind == .tag
  }
}
