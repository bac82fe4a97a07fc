/// Collects the completions of a segment's documents and puts each different text down once
/// (FORMAT.md, "Completions").
struct CompletionsWriter {
  /// One text of one document.
  private struct Record {
    var start: Int
    var length: UInt16
    var kind: CompletionText.Kind
    var document: UInt32
    var initials: UInt32
  }

  /// Records with the same text and kind.
  private struct Group {
    var records: Range<Int>
    /// Different ones.
    var documentCount: Int
    /// Characters.
    var length: Int
  }

  private var bytes: [UInt8] = []
  private var records: [Record] = []

  /// Bytes that texts or lists may take in the section; offsets have 32 bits.
  var byteCount: Int { max(bytes.count, records.count * 5) }

  /// Documents ascend.
  mutating func add(_ text: CompletionText, document: Int) {
    if text.folded.isEmpty { return }
    records.append(
      Record(
        start: bytes.count, length: UInt16(text.folded.count), kind: text.kind, document: UInt32(document),
        initials: text.initials))
    bytes.append(contentsOf: text.folded)
  }

  /// The section. Titles by length, then text; tags by the number of their documents, most first, then text.
  mutating func encode(documentCount: Int) -> [UInt8] {
    let groups = grouped()
    let titleCount = groups.prefix { records[$0.records.lowerBound].kind == .title }.count
    let titles = groups[..<titleCount].sorted {
      $0.length != $1.length ? $0.length < $1.length : $0.records.lowerBound < $1.records.lowerBound
    }
    let tags = groups[titleCount...].sorted {
      $0.documentCount != $1.documentCount
        ? $0.documentCount > $1.documentCount : $0.records.lowerBound < $1.records.lowerBound
    }
    var signatures = ByteWriter()
    var initials = ByteWriter()
    var texts: [UInt8] = []
    var textEnds: [UInt32] = []
    var documents = ByteWriter()
    var documentEnds: [UInt32] = []
    for group in titles + tags {
      let first = records[group.records.lowerBound]
      let text = text(of: first)
      let signature = TextSignature(of: text)
      for word in 0..<4 { signatures.fixed(signature.bits[word]) }
      initials.fixed(first.initials)
      texts.append(contentsOf: text)
      textEnds.append(UInt32(texts.count))
      var next = 0
      for record in records[group.records] {
        // A document may have a tag twice.
        guard Int(record.document) >= next else { continue }
        documents.varint(Int(record.document) - next)
        next = Int(record.document) + 1
      }
      documentEnds.append(UInt32(documents.count))
    }
    var writer = ByteWriter()
    writer.fixed(UInt32(groups.count))
    writer.fixed(UInt32(titleCount))
    writer.fixed(UInt32(documentCount))
    writer.byte(UInt8(NumberColumn.width(of: textEnds.last ?? 0)))
    writer.byte(UInt8(NumberColumn.width(of: documentEnds.last ?? 0)))
    writer.raw([0, 0])
    writer.raw(signatures.bytes)
    writer.raw(initials.bytes)
    NumberColumn.append(textEnds, to: &writer)
    NumberColumn.append(documentEnds, to: &writer)
    writer.raw(texts)
    writer.raw(documents.bytes)
    return writer.bytes
  }

  /// By kind, then text.
  private mutating func grouped() -> [Group] {
    bytes.withUnsafeBytes { bytes in
      func text(_ record: Record) -> UnsafeRawBufferPointer {
        // Sound: records were made with the bytes they name.
        unsafe UnsafeRawBufferPointer(rebasing: bytes[record.start..<record.start + Int(record.length)])
      }
      records.sort { a, b in
        if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
        let order = unsafe TermDictionaryLayout.compare(text(a), text(b))
        return order != 0 ? order < 0 : a.document < b.document
      }
      var groups: [Group] = []
      for (i, record) in records.enumerated() {
        if let last = groups.last, case let other = records[last.records.lowerBound],
          other.kind == record.kind,
          unsafe TermDictionaryLayout.compare(text(other), text(record)) == 0
        {
          groups[groups.count - 1].records = last.records.lowerBound..<i + 1
          if records[i - 1].document != record.document { groups[groups.count - 1].documentCount += 1 }
        } else {
          let length = unsafe text(record).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
          groups.append(Group(records: i..<i + 1, documentCount: 1, length: length))
        }
      }
      return groups
    }
  }

  private func text(of record: Record) -> ArraySlice<UInt8> {
    bytes[record.start..<record.start + Int(record.length)]
  }
}
