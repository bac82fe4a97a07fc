/// Rewrites a text line by line; remembers open fences and indented containers.
struct LineRewriter {
  let isMDX: Bool
  var output: [UInt8] = []
  /// Where the output may be cut.
  var cuts: [Int] = []
  /// So many signs of markup stand together that the text cannot be read in one piece.
  var hasManySigns: Bool { allSigns > MarkdownSource.signLimit }
  private var allSigns = 0
  /// Signs of markup since the last cut, up to `counted`.
  private var signs = 0
  private var counted = 0
  private var previousIsBlank = true
  /// End of the last line of a code fence, which is never cut.
  private var afterFence = 0
  /// Indentation of the containers whose content is being moved left, outermost first.
  private var containers: [Int] = []
  /// The open code fence: its character, its length, or 0.
  private var fence: (mark: UInt8, count: Int) = (0, 0)
  /// MDX imports and exports go on to the next empty line.
  private var isInImport = false
  private var expressions = MDXExpressions()
  /// A `**` of this paragraph waits for the one that closes it.
  private var isBold = false
  /// Columns of the table that the lines may belong to, or 0.
  private var columns = 0
  /// Cells that the parser may still invent for rows shorter than their table.
  private var missingCells = 500_000
  /// Openings of declarations and instructions that may still be written.
  private var declarations = 1_000
  /// Signs of emphasis in this paragraph.
  private var delimiters = 0

  init(isMDX: Bool, capacity: Int) {
    self.isMDX = isMDX
    output.reserveCapacity(capacity + 16)
  }

  mutating func add(_ given: ArraySlice<UInt8>) {
    let wasInFence = fence.count > 0
    rewrite(given)
    if wasInFence || fence.count > 0 {
      afterFence = output.count
      // Code is one node whatever stands in it.
      counted = output.count
    } else {
      cutLongText()
    }
  }

  /// A block at the margin, after an empty line or with a mark that always begins one, may begin a piece.
  private mutating func noteCut(before line: ArraySlice<UInt8>, indent: Int) {
    let followsBlank = previousIsBlank
    previousIsBlank = false
    guard
      output.count - (cuts.last ?? 0) >= MarkdownSource.pieceSize || signs >= MarkdownSource.signLimit / 4,
      indent == 0, fence.count == 0
    else { return }
    let second = line.dropFirst().first ?? 0x20
    let begins =
      switch line.first {
      case UInt8(ascii: "#"): second == 0x20 || second == UInt8(ascii: "#")
      case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): second == 0x20
      default: false
      }
    if followsBlank || begins { cut(at: output.count) }
  }

  /// Text that offers no such place is cut at white space, or else after a sign of markup or an entity.
  private mutating func cutLongText() {
    while countSigns() {
      let last = cuts.last ?? 0
      let from = max(last + (counted - last) / 2, afterFence)
      guard from < output.count else { return }
      let window = output[from...].prefix(64 * 1024)
      let ends = Array(">*_)];".utf8)
      guard
        let place = window.firstIndex(where: { $0 <= 0x20 })
          ?? window.firstIndex(where: { ends.contains($0) }),
        place + 1 < output.count
      else { return }
      cut(at: place + 1)
    }
  }

  private mutating func cut(at place: Int) {
    cuts.append(place)
    counted = place
    signs = 0
  }

  /// Goes on to the end of the output, or to where the text since the last cut has become too much for one tree.
  private mutating func countSigns() -> Bool {
    let last = cuts.last ?? 0
    while counted < output.count {
      // Each of these makes a node of itself and one of the text behind it.
      switch output[counted] {
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "!"), UInt8(ascii: "&"), UInt8(ascii: "*"),
        UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "<"), UInt8(ascii: "\\"), UInt8(ascii: "~"), 0x0A:
        signs += 1
        allSigns += 1
      default: break
      }
      counted += 1
      if signs > MarkdownSource.signLimit || counted - last > MarkdownSource.wholeLimit { return true }
    }
    return false
  }

  private mutating func rewrite(_ given: ArraySlice<UInt8>) {
    var line = given
    let indent = indentation(line)
    let isBlank = line.dropFirst(indent.bytes).isEmpty
    if isBlank {
      isInImport = false
      isBold = false
      columns = 0
      delimiters = 0
      previousIsBlank = true
      output.append(0x0A)
      return
    }
    noteCut(before: line, indent: indent.bytes)
    if !containers.isEmpty {
      while let last = containers.last, indent.columns < last + 4 {
        containers.removeLast()
        fence = (0, 0)
      }
      line = dropColumns(containers.count * 4, line)
    }
    if fence.count > 0 {
      if closesFence(line) { fence = (0, 0) }
      emit(line)
      return
    }
    if isMDX, expressions.isInComment || line.contains(UInt8(ascii: "{")) {
      let rest = expressions.removed(from: line)
      guard rest.contains(where: { $0 > 0x20 }) else {
        output.append(0x0A)
        return
      }
      line = rest[...]
    }
    if let opened = opensFence(line) {
      fence = opened
      emit(line)
      return
    }
    if isMDX, handleMDX(line) { return }
    if let title = containerTitle(line) {
      containers.append(indent.columns)
      emitTitle(title, indent: indentation(line).bytes, of: line)
      return
    }
    if let title = colonContainer(line) {
      emitTitle(title, indent: indentation(line).bytes, of: line)
      return
    }
    if let definition = definition(line) {
      // A paragraph of its own below its term.
      isBold = false
      columns = 0
      delimiters = 0
      output.append(0x0A)
      output += line[..<line.index(line.startIndex, offsetBy: indentation(line).bytes)]
      return emitBounded(definition)
    }
    emitBounded(line)
  }

  private mutating func emit(_ line: ArraySlice<UInt8>) {
    output += line
    output.append(0x0A)
  }

  /// A paragraph of its own in place of the line that opened a container.
  private mutating func emitTitle(_ title: ArraySlice<UInt8>, indent: Int, of line: ArraySlice<UInt8>) {
    output.append(0x0A)
    guard !title.isEmpty else { return }
    output += line.prefix(indent)
    output += title
    output += [0x0A, 0x0A]
  }

  // MARK: Pieces of a line

  private func indentation(_ line: ArraySlice<UInt8>) -> (columns: Int, bytes: Int) {
    var columns = 0
    var bytes = 0
    for byte in line {
      if byte == 0x20 {
        columns += 1
      } else if byte == 0x09 {
        columns += 4 - columns % 4
      } else {
        break
      }
      bytes += 1
    }
    return (columns, bytes)
  }

  private func dropColumns(_ count: Int, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var columns = 0
    var rest = line
    while columns < count, let byte = rest.first, byte == 0x20 || byte == 0x09 {
      columns += byte == 0x20 ? 1 : 4 - columns % 4
      rest.removeFirst()
    }
    return rest
  }

  /// Spaces and container marks before the text of a line: `>`, `-`, `1.` and so on.
  private func contentStart(_ line: ArraySlice<UInt8>) -> (index: Int, marks: Int, limit: Int?) {
    var index = line.startIndex
    var marks = 0
    var limit: Int?
    while index < line.endIndex {
      let byte = line[index]
      let after = index + 1 < line.endIndex ? line[index + 1] : 0x20
      var width = 0
      if byte == 0x20 || byte == 0x09 {
        index += 1
        continue
      } else if byte == UInt8(ascii: ">") {
        width = 1
      } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+") {
        width = after == 0x20 || after == 0x09 ? 1 : 0
      } else if (0x30...0x39).contains(byte) {
        var end = index
        while end < line.endIndex, end - index < 9, (0x30...0x39).contains(line[end]) { end += 1 }
        if end < line.endIndex, line[end] == UInt8(ascii: ".") || line[end] == UInt8(ascii: ")"),
          end + 1 == line.endIndex || line[end + 1] == 0x20 || line[end + 1] == 0x09
        {
          width = end + 1 - index
        }
      }
      guard width > 0 else { break }
      marks += 1
      if marks == MarkdownSource.nestingLimit + 1 { limit = index }
      index += width
    }
    return (index, marks, limit)
  }

  private func opensFence(_ line: ArraySlice<UInt8>) -> (mark: UInt8, count: Int)? {
    let start = contentStart(line).index
    guard start < line.endIndex, line[start] == UInt8(ascii: "`") || line[start] == UInt8(ascii: "~") else {
      return nil
    }
    let count = line[start...].prefix { $0 == line[start] }.count
    guard count >= 3 else { return nil }
    // Back quotes later in the line make it inline code.
    if line[start] == UInt8(ascii: "`"), line[(start + count)...].contains(UInt8(ascii: "`")) { return nil }
    return (line[start], count)
  }

  private func closesFence(_ line: ArraySlice<UInt8>) -> Bool {
    let rest = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }
    let count = rest.prefix { $0 == fence.mark }.count
    return count >= fence.count && rest.dropFirst(count).allSatisfy { $0 <= 0x20 }
  }

  /// `!!! note "Title"`, `??? tip`, `???+ tip`, `=== "Tab"`: the title, empty when there is none.
  private func containerTitle(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let rest = line.drop { $0 == 0x20 || $0 == 0x09 }
    guard let first = rest.first,
      first == UInt8(ascii: "!") || first == UInt8(ascii: "?") || first == UInt8(ascii: "=")
    else { return nil }
    guard rest.count > 4, rest.prefix(3).allSatisfy({ $0 == first }) else { return nil }
    var after = rest.dropFirst(3)
    if after.first == UInt8(ascii: "+") || (first == UInt8(ascii: "=") && after.first == UInt8(ascii: "!")) {
      after.removeFirst()
    }
    guard after.first == 0x20 else { return nil }
    after = after.drop { $0 == 0x20 }
    if first == UInt8(ascii: "=") {
      guard after.first == UInt8(ascii: "\"") else { return nil }
    } else {
      // The type is a word of ASCII letters; a sentence that starts with `!!!` is text.
      let words = after.prefix { $0 != UInt8(ascii: "\"") }
      guard
        words.allSatisfy({
          $0 == 0x20 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
        }), !words.isEmpty
      else { return nil }
    }
    guard let quote = after.firstIndex(of: UInt8(ascii: "\"")),
      let last = after.lastIndex(of: UInt8(ascii: "\"")), last > quote
    else { return after.suffix(0) }
    return after[(quote + 1)..<last]
  }

  /// `:::tip Title` and the closing `:::`.
  private func colonContainer(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let rest = line.drop { $0 == 0x20 || $0 == 0x09 }
    let colons = rest.prefix { $0 == UInt8(ascii: ":") }.count
    guard colons >= 3 else { return nil }
    let after = rest.dropFirst(colons).drop { $0 == 0x20 }
    if after.allSatisfy({ $0 <= 0x20 }) { return after.suffix(0) }
    let name = after.prefix { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 == UInt8(ascii: "-") }
    let title = after.dropFirst(name.count)
    guard !name.isEmpty,
      title.isEmpty || title.first == 0x20 || title.first == UInt8(ascii: "[")
        || title.first == UInt8(ascii: "{")
    else { return nil }
    if title.first == UInt8(ascii: "["), let close = title.firstIndex(of: UInt8(ascii: "]")) {
      return title[(title.startIndex + 1)..<close]
    }
    if title.first == UInt8(ascii: "{") { return title.suffix(0) }
    return title.drop { $0 == 0x20 }
  }

  /// `: text` of a definition list: the text.
  private func definition(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let mark = line.dropFirst(min(indentation(line).bytes, 3))
    guard mark.first == UInt8(ascii: ":"), let next = mark.dropFirst().first, next == 0x20 || next == 0x09
    else {
      return nil
    }
    let text = mark.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
    return text.isEmpty ? nil : text
  }

  /// Drops `import …` and `export …` of MDX.
  private mutating func handleMDX(_ line: ArraySlice<UInt8>) -> Bool {
    if isInImport { return true }
    if line.starts(with: "import ".utf8) || line.starts(with: "export ".utf8) {
      isInImport = true
      output.append(0x0A)
      return true
    }
    return false
  }

  /// The line without the container marks beyond the limit: they would only cost memory.
  private mutating func emitBounded(_ line: ArraySlice<UInt8>) {
    let start = contentStart(line)
    var rest = line
    if let limit = start.limit {
      output += line[..<limit]
      rest = line[start.index...]
    }
    let tamed = tamed(rest, from: start.index)
    let text = tamed?[...] ?? rest
    if let marked = LooseFootnotes.marked(text) {
      emitInline(marked[...], from: 0)
    } else {
      emitInline(text, from: tamed == nil ? start.index : 0)
    }
  }

  // MARK: What the parser takes too long for

  /// The line with signs escaped that would cost the parser time or memory out of proportion, or nil when it has none.
  ///
  /// Its time grows with the square of the cells of one row, of the `<?` and `<!` that nothing closes and of the
  /// signs of emphasis in one paragraph, and every row of a table gets as many cells as the widest. No page
  /// that is meant to be read comes near the limits.
  private mutating func tamed(_ line: ArraySlice<UInt8>, from start: Int) -> [UInt8]? {
    var pipes = 0
    var openings = 0
    var isDelimiterRow = true
    var previous: UInt8 = 0
    // A bullet, a heading, the first item of a list and a table row begin a paragraph of their own.
    let first = start < line.endIndex ? line[start] : 0
    if columns > 0 || first == UInt8(ascii: "#") || (start > line.startIndex && beginsItem(line[..<start])) {
      delimiters = 0
    }
    for byte in line[start...] {
      if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "_"), byte != previous
      {
        delimiters += 1
      }
      if byte == UInt8(ascii: "|") {
        pipes += 1
      } else if previous == UInt8(ascii: "<"), byte == UInt8(ascii: "?") || byte == UInt8(ascii: "!") {
        openings += 1
      }
      if byte != UInt8(ascii: "|"), byte != UInt8(ascii: "-"), byte != UInt8(ascii: ":"), byte > 0x20 {
        isDelimiterRow = false
      }
      previous = byte
    }
    var escapesPipes = false
    if isDelimiterRow, pipes > 0 {
      if pipes > MarkdownSource.cellLimit || missingCells <= 0 {
        return line.map { $0 == UInt8(ascii: "|") ? 0x20 : $0 }
      }
      columns = pipes + 1
    } else if columns > 0 {
      missingCells -= max(0, columns - pipes)
      if missingCells <= 0 {
        output.append(0x0A)  // the table ends here
        columns = 0
      }
    }
    if pipes > MarkdownSource.cellLimit { escapesPipes = true }
    declarations -= openings
    let escapesOpenings = openings > 0 && declarations < 0
    let escapesDelimiters = delimiters > MarkdownSource.delimiterLimit
    guard escapesPipes || escapesOpenings || escapesDelimiters else { return nil }
    var tamed: [UInt8] = []
    tamed.reserveCapacity(line.count * 2)
    pipes = 0
    var index = line.startIndex
    while index < line.endIndex {
      let byte = line[index]
      if byte == UInt8(ascii: "|") {
        pipes += 1
        if escapesPipes, pipes > MarkdownSource.cellLimit, tamed.last != UInt8(ascii: "\\") {
          tamed.append(UInt8(ascii: "\\"))
        }
      } else if escapesOpenings, byte == UInt8(ascii: "<"), index + 1 < line.endIndex,
        line[index + 1] == UInt8(ascii: "?") || line[index + 1] == UInt8(ascii: "!"),
        tamed.last != UInt8(ascii: "\\")
      {
        tamed.append(UInt8(ascii: "\\"))
      } else if escapesDelimiters,
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "_"),
        index >= start, tamed.last != UInt8(ascii: "\\")
      {
        tamed.append(UInt8(ascii: "\\"))
      }
      tamed.append(byte)
      index += 1
    }
    return tamed
  }

  // MARK: Bold text in Chinese

  /// Emits a line with a form feed where CommonMark would not see that `**` opens or closes.
  ///
  /// Its rules lean on spaces, which Chinese does not have: in `**重要。**其他` the second `**` stands between
  /// a sign and a letter and counts as an opening. Whether one is open decides here, and a form feed, which
  /// is white space to the parser and is dropped from all text, tells it.
  private mutating func emitInline(_ line: ArraySlice<UInt8>, from start: Int) {
    guard line[start...].contains(UInt8(ascii: "*")) else { return emit(line) }
    var index = start
    var copied = line.startIndex
    while index < line.endIndex {
      switch line[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "`"):
        let count = line[index...].prefix { $0 == UInt8(ascii: "`") }.count
        index = endOfInlineCode(line, from: index + count, count: count) ?? index + count
      case UInt8(ascii: "*"):
        let end = index + line[index...].prefix { $0 == UInt8(ascii: "*") }.count
        defer { index = end }
        guard end - index == 2 else { continue }
        let left = index > line.startIndex ? scalarBefore(index, line) : 0x20
        let right = end < line.endIndex ? scalarAt(end, line) : 0x20
        if isBold {
          guard left > 0x20 else { continue }
          isBold = false
          if right >= 0x80, isSign(left), !isSign(right), right != 0x3000, right != 0xA0 {
            output += line[copied..<end]
            output.append(0x0C)
            copied = end
          }
        } else if right > 0x20 {
          isBold = true
          if left >= 0x80, isSign(right), !isSign(left), left != 0x3000, left != 0xA0 {
            output += line[copied..<index]
            output.append(0x0C)
            copied = index
          }
        }
      default: index += 1
      }
    }
    emit(line[copied...])
  }

  /// Whether the marks before the text hold a bullet or `1.`, which always begin an item.
  private func beginsItem(_ marks: ArraySlice<UInt8>) -> Bool {
    marks.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "+") }
      || marks.filter { $0 > 0x20 }.starts(with: "1.".utf8)
  }

  /// Punctuation and symbols: neither letters nor white space.
  private func isSign(_ c: UInt32) -> Bool { c > 0x20 && c != 0x3000 && c != 0xA0 && !isWordScalar(c) }

  private func scalarAt(_ index: Int, _ line: ArraySlice<UInt8>) -> UInt32 {
    scalar(at: 0, in: Array(line[index...].prefix(4))).value
  }

  private func scalarBefore(_ index: Int, _ line: ArraySlice<UInt8>) -> UInt32 {
    let bytes = Array(line[max(line.startIndex, index - 4)..<index])
    return scalar(before: bytes.count, in: bytes)
  }
}
