/// Markdown as sites write it, turned into Markdown that a CommonMark parser understands.
///
/// Sites add calls and containers that are no Markdown: Hugo shortcodes, MkDocs admonitions and tabs,
/// `:::` containers, MDX imports. Their marks go, their text stays, and indented content moves to
/// where it is prose instead of code. Nothing inside a fenced code block is touched but shortcodes, which the
/// site generator replaces there too.
struct MarkdownSource {
  /// Block quotes and lists that a line may open; what is written deeper is read at this depth.
  static let nestingLimit = 64
  /// Signs of emphasis that one paragraph may hold; further ones are text.
  static let delimiterLimit = 4_000
  /// Cells of a table row that are read as cells; what follows is text of the last.
  static let cellLimit = 200

  /// The text in one piece, or, when it is longer than 4 MiB or has very many signs, in pieces, most of which begin with
  /// a paragraph or heading at their margin: the parser's tree takes many times the room of its text.
  /// References and footnotes do not reach from one piece into another.
  ///
  /// - Parameter keepsInnerText: what stands between an opening and a closing shortcode is text of the page.
  static func prepare(_ bytes: ArraySlice<UInt8>, isMDX: Bool, keepsInnerText: Bool = true) -> [[UInt8]] {
    let withoutCalls = removeShortcodes(bytes, keepsInnerText: keepsInnerText)
    var lines = LineRewriter(isMDX: isMDX, capacity: withoutCalls.count)
    var start = withoutCalls.startIndex
    while start < withoutCalls.endIndex {
      let end = withoutCalls[start...].firstIndex(of: 0x0A) ?? withoutCalls.endIndex
      lines.add(withoutCalls[start..<end])
      start = end + 1
    }
    guard lines.output.count > wholeLimit || lines.hasManySigns, !lines.cuts.isEmpty else {
      return [lines.output]
    }
    let bounds = [0] + lines.cuts + [lines.output.count]
    return zip(bounds, bounds.dropFirst()).map { Array(lines.output[$0..<$1]) }
  }

  static let wholeLimit = 4 << 20
  static let pieceSize = 1 << 20
  /// Signs of markup in a piece: the parser makes some 350 bytes of each.
  static let signLimit = 400_000

  // MARK: - Shortcodes

  /// Longest call that is looked for: past it the braces are text.
  private static let callLimit = 2 * 1024

  /// The text without `{{< … >}}` and `{{% … %}}`.
  ///
  /// What a call shows stays: the values of `text`, `title`, `caption`, `alt`, and what stands between an opening
  /// and a closing call, except of `comment`. `{{</* … */>}}` is how a page shows a call and becomes that call.
  private static func removeShortcodes(
    _ bytes: ArraySlice<UInt8>, keepsInnerText: Bool
  ) -> ArraySlice<UInt8> {
    guard var open = nextOpening(in: bytes, from: bytes.startIndex) else { return bytes }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var copied = bytes.startIndex
    /// Names that no call closes any more: not to be looked for again.
    var unclosed: Set<String> = []
    while true {
      let mark = bytes[open + 2]
      let closer: [UInt8] = [mark == UInt8(ascii: "<") ? UInt8(ascii: ">") : mark, 0x7D, 0x7D]
      let inner = open + 3
      if let end = find(closer, in: bytes, from: inner, limit: callLimit) {
        output += bytes[copied..<open]
        copied = end + 3
        let call = trim(bytes[inner..<end])
        if call.starts(with: [0x2F, 0x2A]), call.count >= 4, call.suffix(2).elementsEqual([0x2A, 0x2F]) {
          output += bytes[open..<inner]
          output += call.dropFirst(2).dropLast(2)
          output += closer
        } else {
          let name = String(decoding: call.prefix { $0 > 0x20 }, as: UTF8.self)
          let hides = !keepsInnerText && !name.hasPrefix("/") && call.last != UInt8(ascii: "/")
          if hides || call.elementsEqual("comment".utf8), unclosed.count < 64, !unclosed.contains(name) {
            if let after = endOfCall(name, in: bytes, from: copied) {
              copied = after
            } else {
              unclosed.insert(name)
            }
          } else if keepsInnerText {
            appendShownValues(of: call, to: &output)
          }
        }
      }
      guard let next = nextOpening(in: bytes, from: max(copied, inner)) else { break }
      open = next
    }
    output += bytes[copied...]
    return output[...]
  }

  private static func nextOpening(in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    var index = start
    while index + 2 < bytes.endIndex {
      if bytes[index + 1] != 0x7B {
        index += 2
      } else if bytes[index] == 0x7B,
        bytes[index + 2] == UInt8(ascii: "<") || bytes[index + 2] == UInt8(ascii: "%")
      {
        return index
      } else {
        index += 1
      }
    }
    return nil
  }

  private static func find(_ needle: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int, limit: Int)
    -> Int?
  {
    var index = start
    let end = min(bytes.endIndex, start + limit) - needle.count
    while index <= end {
      if bytes[index] == needle[0], bytes[index..<index + needle.count].elementsEqual(needle) { return index }
      index += 1
    }
    return nil
  }

  private static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var slice = bytes
    while let last = slice.last, last <= 0x20 { slice.removeLast() }
    return slice.drop { $0 <= 0x20 }
  }

  /// Behind the call that closes `name`, nil when there is none.
  private static func endOfCall(_ name: String, in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    var index = start
    while let open = nextOpening(in: bytes, from: index) {
      guard let end = find([0x7D, 0x7D], in: bytes, from: open + 3, limit: callLimit) else { return nil }
      let call = trim(bytes[open + 3..<max(open + 3, end - 1)])
      if call.first == UInt8(ascii: "/"), trim(call.dropFirst()).elementsEqual(name.utf8) { return end + 2 }
      index = end + 2
    }
    return nil
  }

  private static let shownParameters: [[UInt8]] = ["text", "title", "caption", "alt"].map { Array($0.utf8) }

  private static func appendShownValues(of call: ArraySlice<UInt8>, to output: inout [UInt8]) {
    var index = call.startIndex
    while index < call.endIndex {
      guard let equals = call[index...].firstIndex(of: UInt8(ascii: "=")) else { return }
      var nameStart = equals
      while nameStart > index, call[nameStart - 1] > 0x20 { nameStart -= 1 }
      let name = call[nameStart..<equals]
      index = equals + 1
      guard index < call.endIndex else { return }
      let quote = call[index]
      guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") else {
        continue
      }
      let valueStart = index + 1
      guard let valueEnd = call[valueStart...].firstIndex(of: quote) else { return }
      if shownParameters.contains(where: { name.elementsEqual($0) }) {
        output += call[valueStart..<valueEnd].map { $0 == 0x0A ? 0x20 : $0 }
      }
      index = valueEnd + 1
    }
  }
}
