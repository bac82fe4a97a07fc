package import SearchModel

/// Files → entries. One reader per thread: it keeps buffers between files.
package struct ContentReader {
  /// Largest file and longest JSONL line, in bytes.
  package static let byteLimit = 32 * 1024 * 1024
  /// What is made of the same bytes. Raise it whenever readers give other entries for some file, so that
  /// indexes are built again; `ReaderVersionTests` tells when that is forgotten.
  package static let version = 1

  private var markdown = MarkdownReader()

  package init() {}

  /// Calls `entry` for each entry of a text in memory; `name` decides the format, as for a file.
  package mutating func read(
    _ content: [UInt8], name: String, entry: (Entry) throws -> Void, skipped: (SkippedInput) -> Void
  ) throws {
    func skip(_ reason: String, line: Int? = nil) {
      skipped(SkippedInput(file: name, line: line, reason: reason))
    }
    let format = ContentFormat(name: name) ?? .text
    if format == .jsonLines {
      var lines = JSONLinesReader(name: name)
      try lines.feed(content[...], entry: entry, skipped: skipped)
      return try lines.finish(entry: entry, skipped: skipped)
    }
    guard content.count <= Self.byteLimit else { return skip("it is larger than 32 MiB") }
    if let wrong = UTF8Text.firstInvalidByte(in: content.span) {
      return skip("not valid UTF-8 (byte \(wrong))")
    }
    var bytes = content
    UTF8Text.normalize(&bytes)

    if format == .text, !PlainTextReader.isMarkdown(bytes) {
      if let page = PlainTextReader.entry(bytes, name: name) { try entry(page) }
      return
    }
    var front = FrontMatter()
    var body = bytes[...]
    if let block = FrontMatter.block(in: bytes) {
      do {
        if let found = try FrontMatter.parse(bytes[block.yaml]) {
          front = found
          body = bytes[block.bodyStart...]
        }
      } catch {
        if FrontMatter.looksLikeDraft(bytes[block.yaml]) { return skip("draft") }
        skip(error.reason, line: block.linesBefore + error.line)
        front = error.rest ?? FrontMatter()
        body = bytes[block.bodyStart...]
      }
    }
    if front.isDraft { return skip("draft") }
    let units = markdown.units(of: MarkdownSource.prepare(body, isMDX: format == .mdx))
    for found in PageEntries(name: name, front: front, units: units).entries() { try entry(found) }
  }
}
