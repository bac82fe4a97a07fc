import SearchModel

/// Text files without Markdown: each is one page.
enum PlainTextReader {
  /// Longest title that the first line may give, in characters.
  static let titleLimit = 80

  /// The page: its title is the first line that is not empty, its text the lines after it.
  ///
  /// A longer first line is cut at its first end mark, or at 80 characters, and stays in the text as a whole.
  /// Paragraphs are separated by one empty line; line breaks and indentation inside them stay.
  static func entry(_ bytes: [UInt8], name: String, place: PagePlace) -> Entry? {
    var lines: [ArraySlice<UInt8>] = []
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      var line = line
      while let last = line.last, last <= 0x20 { line.removeLast() }
      if line.isEmpty, lines.last?.isEmpty ?? true { continue }
      lines.append(line)
    }
    guard let first = lines.first else { return nil }
    var title = bytes.text(first.startIndex..<first.endIndex)
    var text: [UInt8] = []
    if title.unicodeScalars.count > titleLimit {
      let scalars = title.unicodeScalars.prefix(titleLimit)
      let end = scalars.lastIndex { "。！？；.!?;".unicodeScalars.contains($0) } ?? scalars.endIndex
      title = String(title[..<end])
      text += first
    }
    for line in lines.dropFirst() {
      if !text.isEmpty { text.append(0x0A) }
      text += line
    }
    while let last = text.last, last <= 0x20 { text.removeLast() }
    let body = String(decoding: text.drop { $0 == 0x0A }, as: UTF8.self)
    return Entry(
      id: name, kind: .page, title: title, text: body, url: place.url, category: place.categories,
      date: fileDate(name), lang: place.language ?? detectLanguage(title, body), sources: [name])
  }

  /// Whether the text is Markdown, by what only Markdown has outside code fences: front matter, a heading
  /// (`#` to `######` and a space, after an empty line or at the start, level 1 also before one),
  /// or an inline link `[…](target)`.
  ///
  /// Bullets, numbers, rules and indentation prove nothing: plain text has them too.
  static func isMarkdown(_ bytes: [UInt8]) -> Bool {
    if let block = FrontMatterBlock(in: bytes) {
      var front = FrontMatter()
      do { front = try block.read(bytes).map { FrontMatter($0) } ?? front } catch {
        front = block.exclusions(bytes)
      }
      if front != FrontMatter() { return true }
    }
    var previousIsEmpty = true
    var start = 0
    var inFence = false
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let line = bytes[start..<end]
      let content = line.drop { $0 == 0x20 || $0 == 0x09 }
      defer {
        previousIsEmpty = content.isEmpty
        start = end + 1
      }
      if content.starts(with: "```".utf8) || content.starts(with: "~~~".utf8) {
        inFence.toggle()
        continue
      }
      if inFence { continue }
      let level = line.prefix { $0 == UInt8(ascii: "#") }.count
      if (1...6).contains(level), previousIsEmpty, line.dropFirst(level).first == 0x20,
        line.dropFirst(level).contains(where: { $0 > 0x20 })
      {
        let nextIsEmpty = end + 1 >= bytes.count || bytes[end + 1] == 0x0A
        if level > 1 || nextIsEmpty { return true }
      }
      if hasLink(line) { return true }
    }
    return false
  }

  /// One pass: the place of the last `[`, and of the target behind `](`.
  private static func hasLink(_ line: ArraySlice<UInt8>) -> Bool {
    var hasOpening = false
    var index = line.startIndex
    while index < line.endIndex {
      let byte = line[index]
      index += 1
      if byte == UInt8(ascii: "[") {
        hasOpening = true
      } else if byte == UInt8(ascii: "]"), hasOpening, index < line.endIndex, line[index] == UInt8(ascii: "(")
      {
        let target = line[(index + 1)...].prefix(2_048).prefix {
          $0 > 0x20 && $0 != UInt8(ascii: ")") && $0 != UInt8(ascii: "]")
        }
        guard target.endIndex < line.endIndex, line[target.endIndex] == UInt8(ascii: ")") else { continue }
        if targetStarts.contains(where: { target.starts(with: $0) })
          || target.suffix(3).elementsEqual(".md".utf8)
        {
          return true
        }
        index = target.endIndex
      }
    }
    return false
  }

  private static let targetStarts: [[UInt8]] = ["http://", "https://", "mailto:", "/", "./", "../"].map {
    Array($0.utf8)
  }
}
