package import SearchModel

/// Files → entries. One reader per thread: it keeps buffers between files.
package struct ContentReader {
  /// Largest file and longest JSONL line, in bytes.
  package static let byteLimit = 32 * 1024 * 1024

  /// What is made of the same bytes. Raise it whenever readers give other entries for some file, so that
  /// indexes are built again; `ReaderVersionTests` tells when that is forgotten.
  package static let version = 4

  /// Larger files are named and skipped.
  package var fileByteLimit = ContentReader.byteLimit

  private var markdown = MarkdownReader()
  let plan: ContentPlan
  /// The day before which a page with a later date is not published yet.
  private let today: String?
  /// The first day after today on which a page that was read begins or ends to be published; nil without such a page.
  package private(set) var nextChange: String?
  /// Absolute path → the ISO day on which the file was last changed, for pages that say none themselves.
  package var changeDay: ((String) -> String?)?

  /// - Parameters:
  ///   - plan: which source a file belongs to; files of none are plain ones.
  ///   - today: ISO day; without it no page is too early or too late.
  package init(plan: ContentPlan = ContentPlan(), today: String? = nil) {
    self.plan = plan
    self.today = today
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
        return skip(SkippedInput.noText, isDeliberate: true)
      }
      return try entry(dated([page], path)[0])
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
        front = error.rest.map { FrontMatter($0) } ?? block.exclusions(bytes)
        // What is left out stays out when the rest of its block is broken.
        if let reason = unpublished(front, in: source) { return skip(reason, isDeliberate: true) }
        skip("the front matter " + error.reason, line: block.linesBefore + error.line)
        if error.rest == nil { front = FrontMatter() }
        body = bytes[block.bodyStart...]
      }
    }
    let place = source.place(of: siteName, front)
    if let reason = place.skip ?? unpublished(front, in: source) { return skip(reason, isDeliberate: true) }
    let prepared = MarkdownSource.prepare(
      body, isMDX: format == .mdx || source.kind == .docusaurus,
      keepsInnerText: source.options.keepsShortcodeText)
    let page = PageEntries(
      name: name, front: front, units: markdown.units(of: prepared), place: place, source: source,
      siteName: siteName)
    let entries = page.entries()
    if entries.isEmpty { return skip(SkippedInput.noText, isDeliberate: true) }
    for found in dated(entries, path) { try entry(found) }
  }

  /// Pages without a date of their own have that of the last change. Of the items of a list that says nothing: most are older.
  private func dated(_ entries: [Entry], _ path: String) -> [Entry] {
    guard let changeDay, entries.contains(where: { $0.date == nil && $0.kind != .item }),
      let day = changeDay(path)
    else { return entries }
    var entries = entries
    for index in entries.indices where entries[index].date == nil && entries[index].kind != .item {
      entries[index].date = day
    }
    return entries
  }

  private mutating func readHTML(
    _ bytes: [UInt8], name: String, siteName: String, source: ContentSource, entry: (Entry) throws -> Void,
    skipped: (SkippedInput) -> Void
  ) throws {
    var front = FrontMatter()
    var body = bytes
    // A page of Hugo's content may be HTML behind front matter.
    if let block = FrontMatterBlock(in: bytes) {
      do {
        if let found = try block.read(bytes) {
          front = FrontMatter(found)
          body = Array(bytes[block.bodyStart...])
        }
      } catch {
        if let reason = unpublished(block.exclusions(bytes), in: source) {
          return skipped(SkippedInput(file: name, reason: reason, isDeliberate: true))
        }
      }
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
    if found.isEmpty { skipped(SkippedInput(file: name, reason: SkippedInput.noText, isDeliberate: true)) }
    for one in found { try entry(one) }
  }

  /// Why the owner does not want the page to be found, nil if they do.
  private mutating func unpublished(_ front: FrontMatter, in source: ContentSource) -> String? {
    if front.isDraft, !source.options.drafts { return "draft" }
    if front.isExcluded { return "its front matter excludes it" }
    guard source.kind == .hugo, let today else { return nil }
    if !source.options.future, let day = front.publishDate, day > today {
      nextChange = min(day, nextChange ?? day)
      return "not published before \(day)"
    }
    if let day = front.expiryDate {
      if day <= today { return "expired on \(day)" }
      nextChange = min(day, nextChange ?? day)
    }
    return nil
  }

  var tooLarge: String {
    let size = fileByteLimit % (1 << 20) == 0 ? "\(fileByteLimit >> 20) MiB" : "\(fileByteLimit) bytes"
    return "it is larger than \(size)"
  }
}
