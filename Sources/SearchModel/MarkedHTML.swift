/// Escaped text with tags around the ranges, which ascend and lie on character borders.
///
/// - Parameters:
///   - before: HTML in front of each range.
///   - after: HTML behind it.
///   - apostrophe: how `'` is escaped.
package func markedHTML(
  _ text: String, _ ranges: [Range<Int>], before: String = "<mark>", after: String = "</mark>",
  apostrophe: String = "&#39;"
) -> String {
  var result: [UInt8] = []
  var next = 0
  for (offset, byte) in text.utf8.enumerated() {
    if next < ranges.count, offset == ranges[next].lowerBound { result += before.utf8 }
    switch byte {
    case UInt8(ascii: "&"): result += "&amp;".utf8
    case UInt8(ascii: "<"): result += "&lt;".utf8
    case UInt8(ascii: ">"): result += "&gt;".utf8
    case UInt8(ascii: "\""): result += "&quot;".utf8
    case UInt8(ascii: "'"): result += apostrophe.utf8
    default: result.append(byte)
    }
    if next < ranges.count, offset + 1 == ranges[next].upperBound {
      result += after.utf8
      next += 1
    }
  }
  return String(decoding: result, as: UTF8.self)
}
