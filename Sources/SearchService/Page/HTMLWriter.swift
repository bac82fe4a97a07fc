import SearchModel

/// HTML as bytes, written front to back. Text and attribute values are escaped here and nowhere else.
struct HTMLWriter {
  private(set) var bytes: [UInt8] = []

  /// Markup of our own.
  mutating func raw(_ markup: StaticString) {
    markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func text(_ text: String) { bytes.append(contentsOf: markedHTML(text, []).utf8) }

  /// Text with `<mark>` around the ranges.
  mutating func text(_ text: String, marking ranges: [Range<Int>]) {
    bytes.append(contentsOf: markedHTML(text, ranges).utf8)
  }

  /// ` name="value"`.
  mutating func attribute(_ name: StaticString, _ value: String) {
    raw(" ")
    raw(name)
    raw("=\"")
    text(value)
    raw("\"")
  }
}

/// An address to link to, or nil when its scheme is none that a page should follow.
///
/// Browsers skip control characters inside an address, so any of those makes it suspect.
func linkTarget(_ url: String?, anchor: String?) -> String? {
  guard let url, !url.isEmpty,
    !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") })
  else {
    return nil
  }
  if let colon = url.firstIndex(of: ":"), !url[..<colon].contains(where: { "/?#".contains($0) }) {
    guard ["http", "https", "mailto"].contains(url[..<colon].lowercased()) else { return nil }
  }
  guard let anchor, !url.contains("#") else { return url }
  return url + "#" + anchor
}
