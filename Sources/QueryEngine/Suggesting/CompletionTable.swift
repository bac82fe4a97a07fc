package import IndexFormat
package import TextAnalysis

/// All completions of one snapshot in memory, in the order of an answer: for a server.
///
/// Shorter texts stand first, so the first hits found are the best of their kind, and a look-up stops when it
/// has enough of them. Texts without the characters of the prefix are passed over by their signatures. The table
/// keeps nothing of the snapshot.
package struct CompletionTable: Sendable {
  /// Bytes of texts and URLs; what does not fit, the longest texts, is left out.
  package static let maximumBytes = 64 << 20

  package let commit: Int
  private var signatures: [TextSignature] = []
  private var folded = ByteStrings()
  private var texts = ByteStrings()
  private var urls = ByteStrings()
  private var isTag: [Bool] = []

  /// - Complexity: O(index), it reads all stored fields.
  package init(_ snapshot: IndexSnapshot, analyzer: Analyzer) throws {
    commit = snapshot.commit.number
    let candidates = try CompletionCandidates(in: snapshot, analyzer: analyzer).candidates
      .sorted(by: CompletionCandidates.precedes)
    for candidate in candidates {
      guard byteCount + candidate.folded.count * 3 < Self.maximumBytes else { break }
      signatures.append(TextSignature(of: candidate.folded))
      folded.append(candidate.folded)
      texts.append(candidate.completion.text.utf8)
      urls.append((candidate.completion.url ?? "").utf8)
      isTag.append(candidate.completion.kind == .tag)
    }
  }

  package var count: Int { signatures.count }

  /// Bytes of texts, URLs and signatures.
  package var byteCount: Int {
    folded.byteCount + texts.byteCount + urls.byteCount + signatures.count
      * MemoryLayout<TextSignature>.stride
  }

  /// - Throws: `QueryLimitError`.
  /// - Complexity: O(count), 32 bytes a text unless the prefix is common.
  package func completions(of text: String, limit: Int, analyzer: Analyzer) throws -> Completions {
    let prefix = try CompletionPrefix(text, analyzer: analyzer)
    var found: [[Int]] = [[], [], []]
    if !prefix.isEmpty {
      folded.withUnsafeStrings { string in
        for index in signatures.indices where signatures[index].mayHold(prefix.signature) {
          guard let place = prefix.place(in: string(index)) else { continue }
          let rank = Int(place.rawValue)
          if found[rank].count < limit { found[rank].append(index) }
          if found[0].count == limit { break }
        }
      }
    }
    return Completions(
      query: text, suggestions: found.joined().prefix(limit).map(completion), commit: commit)
  }

  private func completion(_ index: Int) -> Completion {
    let url = urls[index]
    return Completion(text: texts[index], kind: isTag[index] ? .tag : .title, url: url.isEmpty ? nil : url)
  }
}

/// Strings one after the other in one array.
private struct ByteStrings: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  var byteCount: Int { bytes.count + ends.count * 4 }

  /// The caller keeps the sum far below 4 GiB.
  mutating func append(_ string: some Collection<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(UInt32(bytes.count))
  }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  subscript(index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

  /// Lends the strings without copies.
  func withUnsafeStrings<R>(_ body: ((Int) -> UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    try bytes.withUnsafeBufferPointer { buffer in
      try body { UnsafeBufferPointer(rebasing: buffer[range($0)]) }
    }
  }
}
