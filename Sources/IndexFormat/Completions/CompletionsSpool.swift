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
  func writer() throws -> CompletionsWriter {
    CompletionsWriter(records: try records.takeAll(), bytes: try bytes.takeAll())
  }
}
