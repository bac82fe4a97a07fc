import IndexStorage

/// Collects the completions of a segment's documents outside memory until all are there.
struct CompletionsSpool {
  private let bytes: Spool<UInt8>
  private let records: Spool<CompletionsWriter.Record>

  init(directory: IndexDirectory, memoryBytes: Int) {
    bytes = Spool(directory: directory, memoryBytes: memoryBytes)
    records = Spool(directory: directory, memoryBytes: memoryBytes)
  }

  /// Bytes that texts or lists may take in the section; offsets have 32 bits.
  var byteCount: Int { max(bytes.count, records.count * 5) }

  /// Documents ascend.
  func add(_ text: CompletionText, document: Int) throws {
    if text.folded.isEmpty { return }
    try records.append(CompletionsWriter.Record(text, at: bytes.count, document: document))
    try bytes.append(contentsOf: text.folded)
  }

  /// What writes them; the end of this object's work.
  ///
  /// - Parameter order: of the documents, if it is another one than that of addition.
  func writer(in order: DocumentOrder?) throws -> CompletionsWriter {
    var records = try records.takeAll()
    if let order {
      for i in records.indices { records[i].document = order.docIDs[Int(records[i].document)] }
    }
    return CompletionsWriter(records: records, bytes: try bytes.takeAll())
  }
}
