import Glibc
import SearchModel

/// One JSON object a line → one entry a line, fed in pieces of any size.
///
/// A bad line is named with its number and the next one is read.
struct JSONLinesReader {
  private let name: String
  /// Takes the ids of lines that delete; nil where such lines are not allowed.
  private let deleted: ((String) throws -> Void)?
  /// Start of a line whose end has not come yet.
  private var pending: [UInt8] = []
  private var line = 1
  /// The current line is over the limit: its bytes are passed over.
  private var isTooLong = false
  private var parser: JSONObjectParser

  /// - Parameter fields: field of an entry by the key of an object, where they differ.
  init(name: String, fields: [String: String] = [:], deleted: ((String) throws -> Void)? = nil) {
    self.name = name
    self.deleted = deleted
    parser = JSONObjectParser(names: fields)
  }

  mutating func feed(
    _ bytes: ArraySlice<UInt8>, entry: (Entry) throws -> Void, skipped: (SkippedInput) -> Void
  ) throws {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      guard let end = newline(in: bytes, from: start) else {
        keep(bytes[start...], skipped)
        return
      }
      if pending.isEmpty, !isTooLong, end - start <= ContentReader.byteLimit {
        try read(bytes[start..<end].span, entry: entry, skipped: skipped)
      } else {
        keep(bytes[start..<end], skipped)
        let whole = takePending()
        if !isTooLong { try read(whole.span, entry: entry, skipped: skipped) }
      }
      isTooLong = false
      line += 1
      start = end + 1
    }
  }

  /// Reads the last line, which needs no line end.
  mutating func finish(entry: (Entry) throws -> Void, skipped: (SkippedInput) -> Void) throws {
    let whole = takePending()
    if !isTooLong { try read(whole.span, entry: entry, skipped: skipped) }
    isTooLong = false
  }

  private mutating func takePending() -> [UInt8] {
    defer { pending = [] }
    return pending
  }

  private func newline(in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    bytes[start...].withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, let found = memchr(base, 0x0A, buffer.count) else { return nil }
      return start + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
    }
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>, _ skipped: (SkippedInput) -> Void) {
    guard !isTooLong else { return }
    if pending.count + bytes.count > ContentReader.byteLimit {
      isTooLong = true
      pending = []
      skipped(SkippedInput(file: name, line: line, reason: "the line is longer than 32 MiB"))
    } else {
      pending += bytes
    }
  }

  private mutating func read(
    _ bytes: Span<UInt8>, entry: (Entry) throws -> Void, skipped: (SkippedInput) -> Void
  ) throws {
    func skip(_ reason: String) { skipped(SkippedInput(file: name, line: line, reason: reason)) }
    var start = 0
    if line == 1, bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
    while start < bytes.count, bytes[start] <= 0x20 { start += 1 }
    guard start < bytes.count else { return }
    if let wrong = UTF8Text.firstInvalidByte(in: bytes) {
      return skip("not valid UTF-8 (byte \(wrong) of the line)")
    }
    let fields: JSONFields
    do {
      fields = try parser.fields(of: bytes, from: start)
    } catch {
      return skip(error.description)
    }
    guard let id = fields.id else { return skip("it has no id") }
    guard !id.isEmpty else { return skip("its id is empty") }
    if fields.isDeletion {
      guard let deleted else { return skip("_delete works with --stdin only; take the line out of the file") }
      return try deleted(id)
    }
    var text = fields.text ?? ""
    if let body = fields.body, body != text { text += text.isEmpty ? body : "\n\n" + body }
    guard fields.title != nil || fields.text != nil || fields.body != nil else {
      return skip("it has neither title nor text")
    }
    let title = fields.title ?? ""
    try entry(
      Entry(
        id: id, kind: Entry.Kind.allCases.first { $0.name == fields.kind } ?? .page, title: title, text: text,
        url: fields.url.flatMap { safeLink($0.utf8) },
        anchor: fields.anchor, path: fields.path, category: fields.category, tags: fields.tags,
        date: fields.date.flatMap(isoDate),
        lang: fields.lang == "und" ? "und" : fields.lang.flatMap(languageCode) ?? detectLanguage(title, text),
        sources: fields.sources.isEmpty ? [name] : fields.sources,
        description: fields.description, author: fields.author.joined(separator: ", "),
        keywords: fields.keywords,
        boost: fields.boost.flatMap(Float.init).flatMap { (0.01...10).contains($0) ? $0 : nil } ?? 1,
        pins: fields.pins))
  }
}
