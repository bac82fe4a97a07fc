/// Escaped text with `<mark>` around the ranges, which ascend and lie on character borders.
package func markedHTML(_ text: String, _ ranges: [Range<Int>]) -> String {
  var result: [UInt8] = []
  var next = 0
  for (offset, byte) in text.utf8.enumerated() {
    if next < ranges.count, offset == ranges[next].lowerBound { result += "<mark>".utf8 }
    switch byte {
    case UInt8(ascii: "&"): result += "&amp;".utf8
    case UInt8(ascii: "<"): result += "&lt;".utf8
    case UInt8(ascii: ">"): result += "&gt;".utf8
    case UInt8(ascii: "\""): result += "&quot;".utf8
    case UInt8(ascii: "'"): result += "&#39;".utf8
    default: result.append(byte)
    }
    if next < ranges.count, offset + 1 == ranges[next].upperBound {
      result += "</mark>".utf8
      next += 1
    }
  }
  return String(decoding: result, as: UTF8.self)
}
