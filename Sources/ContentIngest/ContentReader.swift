import Glibc
package import SearchModel

/// Files → entries. One reader per thread: it keeps buffers between files.
package struct ContentReader {
  /// Largest file and longest JSONL line, in bytes.
  package static let byteLimit = 32 * 1024 * 1024

  /// Larger files are named and skipped.
  package var fileByteLimit = ContentReader.byteLimit

  private var markdown = MarkdownReader()
  private let plan: ContentPlan
  /// The day before which a page with a later date is not published yet.
  private let today: String?

  /// - Parameters:
  ///   - plan: which source a file belongs to; files of none are plain ones.
  ///   - today: ISO day; without it no page is too early or too late.
  package init(plan: ContentPlan = ContentPlan(), today: String? = nil) {
    self.plan = plan
    self.today = today
  }

  /// Calls `entry` for each entry of the file, in the order of the text, the page first.
  ///
  /// Bad content never throws: it goes to `skipped` and the rest of the input is read.
  ///
  /// - Parameter progress: told the number of bytes of each piece of the file as it is read.
  /// - Throws: only what `entry` throws.
  package mutating func read(
    _ file: SourceFile, progress: (Int) -> Void = { _ in }, entry: (Entry) throws -> Void,
    skipped: (SkippedInput) -> Void
  ) throws {
    func skip(_ reason: String) { skipped(SkippedInput(file: file.name, reason: reason)) }
    // A pipe or a link that took the file's place meanwhile must neither block nor lead away.
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return skip("it cannot be opened: \(errorText(errno))") }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { return skip("it cannot be read: \(errorText(errno))") }
    guard isRegular(info) else { return skip("it is not a regular file") }

    if ContentFormat(name: file.name) == .jsonLines {
      let fields = plan.source(of: file.path, name: file.name).source.options.fields
      try readJSONL(
        from: descriptor, name: file.name, fields: fields, progress: progress, entry: entry, skipped: skipped)
      var after = stat()
      if fstat(descriptor, &after) != 0 || !Self.isUnchanged(info, after) {
        skip("it changed while it was being read")
      }
      return
    }
    for attempt in 1...2 {
      guard info.st_size <= fileByteLimit else { return skip(tooLarge) }
      switch Self.readAll(descriptor, expecting: Int(info.st_size), limit: fileByteLimit) {
      case .failure(let problem): return skip("it cannot be read: \(errorText(problem.code))")
      case .success(let bytes):
        var after = stat()
        guard fstat(descriptor, &after) == 0 else { return skip("it cannot be read: \(errorText(errno))") }
        if Self.isUnchanged(info, after), bytes.count == Int(after.st_size) {
          progress(bytes.count)
          return try read(bytes, name: file.name, path: file.path, entry: entry, skipped: skipped)
        }
        info = after
        if attempt == 2 { return skip("it changed while it was being read") }
      }
    }
  }

  /// Calls `entry` for each entry of a text in memory; `name` decides the format, as for a file.
  ///
  /// - Parameter path: absolute, by which the plan knows the source; empty for a plain one.
  package mutating func read(
    _ content: [UInt8], name: String, path: String = "", entry: (Entry) throws -> Void,
    skipped: (SkippedInput) -> Void
  ) throws {
    func skip(_ reason: String, line: Int? = nil, isDeliberate: Bool = false) {
      skipped(SkippedInput(file: name, line: line, reason: reason, isDeliberate: isDeliberate))
    }
    let format = ContentFormat(name: name) ?? .text
    if format == .jsonLines {
      var lines = JSONLinesReader(name: name, fields: plan.source(of: path, name: name).source.options.fields)
      try lines.feed(content[...], entry: entry, skipped: skipped)
      return try lines.finish(entry: entry, skipped: skipped)
    }
    guard content.count <= fileByteLimit else { return skip(tooLarge) }
    var bytes: [UInt8]
    do { bytes = try TextEncoding.utf8(content, isHTML: format == .html) } catch { return skip(error.reason) }
    UTF8Text.normalize(&bytes)

    let (source, siteName) = plan.source(of: path, name: name)
    if format == .html {
      return try readHTML(
        bytes, name: name, siteName: siteName, source: source, entry: entry, skipped: skipped)
    }
    if format == .text, !PlainTextReader.isMarkdown(bytes) {
      let place = source.place(of: siteName, FrontMatter())
      guard let page = PlainTextReader.entry(bytes, name: name, place: place) else {
        return skip("it has no text", isDeliberate: true)
      }
      return try entry(page)
    }
    var front = FrontMatter()
    var body = bytes[...]
    if let block = FrontMatterBlock(in: bytes) {
      do {
        if let found = try block.read(bytes) {
          front = FrontMatter(found)
          body = bytes[block.bodyStart...]
        }
      } catch {
        if !source.options.drafts, block.looksLikeDraft(bytes) { return skip("draft", isDeliberate: true) }
        skip("the front matter " + error.reason, line: block.linesBefore + error.line)
        front = error.rest.map { FrontMatter($0) } ?? FrontMatter()
        body = bytes[block.bodyStart...]
      }
    }
    let place = source.place(of: siteName, front)
    if let reason = place.skip ?? unpublished(front, in: source) { return skip(reason, isDeliberate: true) }
    let prepared = MarkdownSource.prepare(
      body, isMDX: format == .mdx, keepsInnerText: source.options.keepsShortcodeText)
    let page = PageEntries(
      name: name, front: front, units: markdown.units(of: prepared), place: place, source: source,
      siteName: siteName)
    let entries = page.entries()
    if entries.isEmpty { return skip("it has no text", isDeliberate: true) }
    for found in entries { try entry(found) }
  }

  private mutating func readHTML(
    _ bytes: [UInt8], name: String, siteName: String, source: ContentSource, entry: (Entry) throws -> Void,
    skipped: (SkippedInput) -> Void
  ) throws {
    var front = FrontMatter()
    var body = bytes
    // A page of Hugo's content may be HTML behind front matter.
    if let block = FrontMatterBlock(in: bytes), let found = try? block.read(bytes) {
      front = FrontMatter(found)
      body = Array(bytes[block.bodyStart...])
    }
    var reader = HTMLPageReader(source.options)
    var page: HTMLPage
    do { page = try reader.page(of: body) } catch {
      return skipped(SkippedInput(file: name, line: error.line, reason: error.reason))
    }
    if front != FrontMatter() { page.front = front }
    var place = source.place(of: siteName, page.front)
    if let canonical = page.canonical { place.url = canonical }
    if let reason = place.skip ?? unpublished(page.front, in: source) {
      return skipped(SkippedInput(file: name, reason: reason, isDeliberate: true))
    }
    var entries = PageEntries(
      name: name, front: page.front, units: page.units, place: place, source: source, siteName: siteName)
    entries.isBuilt = true
    let found = entries.entries()
    if found.isEmpty { skipped(SkippedInput(file: name, reason: "it has no text", isDeliberate: true)) }
    for one in found { try entry(one) }
  }

  /// Why the owner does not want the page to be found, nil if they do.
  private func unpublished(_ front: FrontMatter, in source: ContentSource) -> String? {
    if front.isDraft, !source.options.drafts { return "draft" }
    if front.isExcluded { return "its front matter excludes it" }
    if source.kind == .hugo, let today {
      if !source.options.future, let day = front.publishDate, day > today {
        return "not published before \(day)"
      }
      if let day = front.expiryDate, day <= today { return "expired on \(day)" }
    }
    return nil
  }

  /// Calls `entry` for each line of a stream of JSON objects; memory is bounded by the longest line.
  package mutating func readJSONL(
    from descriptor: Int32, name: String, fields: [String: String] = [:], progress: (Int) -> Void = { _ in },
    entry: (Entry) throws -> Void,
    skipped: (SkippedInput) -> Void
  ) throws {
    var lines = JSONLinesReader(name: name, fields: fields)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN {
          // Standard input may be non-blocking: wait until there is something to read.
          var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&wait, 1, -1)
          continue
        }
        skipped(SkippedInput(file: name, reason: "it cannot be read to its end: \(errorText(code))"))
        break
      }
      if count == 0 { break }
      progress(count)
      try lines.feed(buffer[..<count], entry: entry, skipped: skipped)
    }
    try lines.finish(entry: entry, skipped: skipped)
  }

  // MARK: - Bytes of a file

  private var tooLarge: String {
    let size = fileByteLimit % (1 << 20) == 0 ? "\(fileByteLimit >> 20) MiB" : "\(fileByteLimit) bytes"
    return "it is larger than \(size)"
  }

  private struct ReadProblem: Error { var code: Int32 }

  /// Everything from the start of the file, up to one byte past the limit.
  private static func readAll(_ descriptor: Int32, expecting size: Int, limit: Int) -> Result<
    [UInt8], ReadProblem
  > {
    var code: Int32 = 0
    // One byte more than expected, so that growth is seen without another call.
    let capacity = min(size, limit) + 1
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      while count < capacity {
        let got = pread(descriptor, buffer.baseAddress! + count, capacity - count, off_t(count))
        if got < 0 {
          if errno == EINTR { continue }
          code = errno
          return
        }
        if got == 0 { return }
        count += got
      }
    }
    return code == 0 ? .success(bytes) : .failure(ReadProblem(code: code))
  }

  private static func isUnchanged(_ a: stat, _ b: stat) -> Bool {
    a.st_size == b.st_size && modificationTime(a) == modificationTime(b)
  }
}
