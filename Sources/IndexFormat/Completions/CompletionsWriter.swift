/// Puts each different text of the completions of a segment's documents down once (FORMAT.md, "Completions").
struct CompletionsWriter {
  /// One text of one document.
  struct Record: BitwiseCopyable {
    fileprivate var start: UInt32
    fileprivate var length: UInt16
    /// As a number: whatever a file gives back for it is a record.
    private var kindCode: UInt8
    var document: UInt32
    fileprivate var initials: UInt32

    /// - Parameter start: where the text stands among the bytes of all.
    init(_ text: CompletionText, at start: Int, document: Int) {
      self.start = UInt32(start)
      length = UInt16(text.folded.count)
      kindCode = text.kind.rawValue
      self.document = UInt32(document)
      initials = text.initials
    }

    fileprivate var kind: CompletionText.Kind { CompletionText.Kind(rawValue: kindCode) ?? .tag }
  }

  /// Records with the same text and kind.
  private struct Group {
    var first: UInt32
    var count: UInt32
    /// Different ones.
    var documentCount: UInt32
    /// Characters.
    var length: UInt16

    var records: Range<Int> { Int(first)..<Int(first) + Int(count) }
  }

  /// Bytes that are handed on at once.
  private static let pieceBytes = 1 << 16

  private var bytes: [UInt8]
  private var records: [Record]

  /// - Parameter records: made with the bytes they name.
  init(records: [Record] = [], bytes: [UInt8] = []) {
    self.records = records
    self.bytes = bytes
  }

  /// Documents ascend.
  mutating func add(_ text: CompletionText, document: Int) {
    if text.folded.isEmpty { return }
    records.append(Record(text, at: bytes.count, document: document))
    bytes.append(contentsOf: text.folded)
  }

  /// Hands the section over in pieces. Titles by length, then text; tags by the number of their documents, most first,
  /// then text. The last call.
  mutating func encode<Failure: Error>(
    documentCount: Int, _ write: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var groups = grouped()
    let titleCount = groups.prefix { records[Int($0.first)].kind == .title }.count
    // In place: a slice of an array would be sorted as a copy.
    unsafe groups.withUnsafeMutableBufferPointer { groups in
      unsafe groups[..<titleCount].sort {
        $0.length != $1.length ? $0.length < $1.length : $0.first < $1.first
      }
      unsafe groups[titleCount...].sort {
        $0.documentCount != $1.documentCount ? $0.documentCount > $1.documentCount : $0.first < $1.first
      }
    }
    var writer = ByteWriter()
    func flush(from least: Int) throws(Failure) {
      guard writer.count > least else { return }
      try write(writer.bytes)
      writer.removeAll()
    }
    func each(_ body: (Group) -> Void) throws(Failure) {
      for group in groups {
        body(group)
        try flush(from: Self.pieceBytes)
      }
    }
    var textEnds: [UInt32] = []
    var documentEnds: [UInt32] = []
    var end = (text: 0, documents: 0)
    textEnds.reserveCapacity(groups.count)
    documentEnds.reserveCapacity(groups.count)
    for group in groups {
      end.text += text(of: group).count
      appendDocuments(of: group, to: &writer)
      end.documents += writer.count
      writer.removeAll()
      textEnds.append(UInt32(end.text))
      documentEnds.append(UInt32(end.documents))
    }
    writer.fixed(UInt32(groups.count))
    writer.fixed(UInt32(titleCount))
    writer.fixed(UInt32(documentCount))
    writer.byte(UInt8(NumberColumn.width(of: textEnds.last ?? 0)))
    writer.byte(UInt8(NumberColumn.width(of: documentEnds.last ?? 0)))
    writer.raw([0, 0])
    try each { group in
      let signature = TextSignature(of: text(of: group))
      for word in 0..<4 { writer.fixed(signature.bits[word]) }
    }
    try each { group in writer.fixed(records[Int(group.first)].initials) }
    NumberColumn.append(textEnds, to: &writer)
    try flush(from: 0)
    NumberColumn.append(documentEnds, to: &writer)
    try flush(from: 0)
    try each { group in writer.raw(text(of: group)) }
    try each { group in appendDocuments(of: group, to: &writer) }
    try flush(from: 0)
  }

  private func appendDocuments(of group: Group, to writer: inout ByteWriter) {
    var next = 0
    for record in records[group.records] {
      // A document may have a tag twice.
      guard Int(record.document) >= next else { continue }
      writer.varint(Int(record.document) - next)
      next = Int(record.document) + 1
    }
  }

  /// By kind, then text.
  private mutating func grouped() -> [Group] {
    bytes.withUnsafeBytes { bytes in
      func text(_ record: Record) -> UnsafeRawBufferPointer {
        // Sound: records were made with the bytes they name.
        unsafe UnsafeRawBufferPointer(
          rebasing: bytes[Int(record.start)..<Int(record.start) + Int(record.length)])
      }
      records.sort { a, b in
        if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
        let order = unsafe TermDictionaryLayout.compare(text(a), text(b))
        return order != 0 ? order < 0 : a.document < b.document
      }
      func isSame(_ a: Record, _ b: Record) -> Bool {
        unsafe a.kind == b.kind && TermDictionaryLayout.compare(text(a), text(b)) == 0
      }
      var groups: [Group] = []
      // Counted first: an array of millions that grows stands in memory twice.
      groups.reserveCapacity(records.indices.count { $0 == 0 || !isSame(records[$0 - 1], records[$0]) })
      for (i, record) in records.enumerated() {
        if i > 0, isSame(records[i - 1], record) {
          groups[groups.count - 1].count += 1
          if records[i - 1].document != record.document { groups[groups.count - 1].documentCount += 1 }
        } else {
          let length = unsafe text(record).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
          groups.append(Group(first: UInt32(i), count: 1, documentCount: 1, length: UInt16(length)))
        }
      }
      return groups
    }
  }

  private func text(of group: Group) -> ArraySlice<UInt8> {
    let record = records[Int(group.first)]
    return bytes[Int(record.start)..<Int(record.start) + Int(record.length)]
  }
}
