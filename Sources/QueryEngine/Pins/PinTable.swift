import IndexFormat
import SearchModel
import TextAnalysis

/// Which entries come first for which queries: those of the site's list, then those of the entries' own authors.
struct PinTable {
  struct Entry: Equatable {
    var segment: Int
    var document: Int
  }

  private enum Target {
    /// A URL or an id, looked up when it is asked for.
    case named(String)
    case entry(Entry)
  }

  private var targets: [[UInt8]: [Target]] = [:]
  private let snapshot: IndexSnapshot
  private let analyzer: Analyzer

  /// - Complexity: O(pins).
  init(_ pins: Pins, snapshot: IndexSnapshot, analyzer: Analyzer) throws {
    self.snapshot = snapshot
    self.analyzer = analyzer
    for rule in pins.rules {
      for query in rule.queries { add(rule.targets.map { .named($0) }, query) }
    }
    var written: [(entry: Entry, query: String)] = []
    for (number, segment) in snapshot.segments.enumerated() {
      for pin in try segment.pins.pins() where segment.live?.isLive(pin.document) ?? true {
        written.append((Entry(segment: number, document: pin.document), pin.query))
      }
    }
    // By id: where an entry stands in the index is nobody's wish.
    try written.sort { try snapshot.precedes($0.entry, $1.entry) }
    for pin in written { add([.entry(pin.entry)], pin.query) }
  }

  private mutating func add(_ new: [Target], _ query: String) {
    let key = analyzer.completionKey(of: query)
    if !key.isEmpty { targets[key, default: []] += new }
  }

  /// The live entries that come first for a query text, each once; at most `Pins.maximumPerQuery`.
  func entries(for text: String) throws -> [Entry] {
    guard !targets.isEmpty, let named = targets[analyzer.completionKey(of: text)] else { return [] }
    var entries: [Entry] = []
    for target in named {
      guard entries.count < Pins.maximumPerQuery else { break }
      let entry: Entry? =
        switch target {
        case .entry(let entry): entry
        case .named(let name):
          try snapshot.place(of: name).map { Entry(segment: $0.segment, document: $0.document) }
        }
      if let entry, !entries.contains(entry) { entries.append(entry) }
    }
    return entries
  }
}

extension IndexSnapshot {
  /// The live entry with an id, or the first by id with a URL.
  func place(of name: String) throws -> (segment: Int, document: Int)? {
    for (number, segment) in segments.enumerated() {
      if let document = try segment.keys.document(withID: name), segment.live?.isLive(document) ?? true {
        return (number, document)
      }
    }
    var first: PinTable.Entry?
    for (number, segment) in segments.enumerated() {
      let candidates = try segment.addresses.candidates(for: name)
      for document in candidates where segment.live?.isLive(document) ?? true {
        let head = try segment.heads.head(of: document)
        guard AddressTable.address(url: head.url, anchor: head.anchor) == name else { continue }
        let entry = PinTable.Entry(segment: number, document: document)
        if let earlier = first, try precedes(earlier, entry) { continue }
        first = entry
      }
    }
    return first.map { ($0.segment, $0.document) }
  }

  /// Whether the id of an entry is before that of another in byte order.
  fileprivate func precedes(_ a: PinTable.Entry, _ b: PinTable.Entry) throws(IndexFormatError) -> Bool {
    try segments[a.segment].keys.precedes(a.document, b.document, in: segments[b.segment].keys)
  }
}
