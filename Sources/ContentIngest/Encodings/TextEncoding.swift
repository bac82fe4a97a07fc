import CICU

/// Bytes of a file → UTF-8, when it is sure what they are.
enum TextEncoding {
  /// Why a file is not read.
  struct Problem: Error, Equatable { var reason: String }

  /// The text as UTF-8; the bytes themselves when they are it.
  ///
  /// UTF-16 is known by its byte order mark. What is not UTF-8 is GB18030 (GBK, GB 2312) or Big5 when all of it decodes
  /// strictly, ICU's detection names it, and four fifths of its two-byte characters are common ones: else it is refused.
  ///
  /// - Parameter isHTML: a charset that the page declares is believed.
  static func utf8(_ bytes: [UInt8], isHTML: Bool = false) throws(Problem) -> [UInt8] {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      let name = bytes[0] == 0xFF ? "UTF-16LE" : "UTF-16BE"
      if bytes.count >= 4, bytes[0] == 0xFF, bytes[2] == 0, bytes[3] == 0 {
        throw Problem(reason: "it is UTF-32, which is not read")
      }
      guard let text = decoded(bytes[2...], name) else {
        throw Problem(reason: "it begins like UTF-16 and is not valid UTF-16")
      }
      return text
    }
    guard let wrong = UTF8Text.firstInvalidByte(in: bytes.span) else {
      // Letters with NUL between them are UTF-16 without its mark, or no text.
      let zeros = bytes.count { $0 == 0 }
      if zeros >= 4, zeros * 4 > bytes.count {
        throw Problem(reason: "it is binary, or UTF-16 without a byte order mark")
      }
      return bytes
    }
    if isHTML, let declared = declaredCharset(bytes) {
      switch declared {
      case "gb2312", "gbk", "gb18030", "x-gbk", "hz-gb-2312", "big5", "big5-hkscs":
        let name = declared.hasPrefix("big5") ? "Big5" : "GB18030"
        guard let text = decoded(bytes[...], name) else {
          throw Problem(reason: "it says it is \(declared) and is not valid \(name)")
        }
        return text
      case "utf-8", "utf8": break
      default: throw Problem(reason: "its charset \(declared.prefix(40)) is not read")
      }
    }
    var best: (name: String, confidence: Int32)?
    for name in ["GB18030", "Big5"] where isPlausible(bytes, name) {
      let sample = bytes.prefix(64 * 1024)
      let confidence = sample.withUnsafeBytes {
        cicu_encoding_confidence($0.baseAddress, Int32($0.count), name)
      }
      if confidence >= 10, confidence > best?.confidence ?? 0 { best = (name, confidence) }
    }
    if let best, let text = decoded(bytes[...], best.name) { return text }
    throw Problem(reason: "not valid UTF-8 (byte \(wrong)), and its encoding cannot be told")
  }

  /// The text, nil when one byte of it is not of the encoding.
  private static func decoded(_ bytes: ArraySlice<UInt8>, _ name: String) -> [UInt8]? {
    bytes.withUnsafeBytes { source -> [UInt8]? in
      // Two bytes are one character of at most three bytes, four of at most four.
      let capacity = source.count * 2 + 16
      var failed = false
      let text = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        let written = cicu_decode(
          name, source.baseAddress, Int64(source.count), buffer.baseAddress, Int64(capacity))
        failed = written < 0
        count = failed ? 0 : Int(written)
      }
      return failed ? nil : text
    }
  }

  /// Whether the two-byte characters are mostly the common ones of the encoding: level 1 of GB 2312, or of Big5.
  private static func isPlausible(_ bytes: [UInt8], _ name: String) -> Bool {
    var index = 0
    var common = 0
    var others = 0
    while index < bytes.count {
      let lead = bytes[index]
      guard lead >= 0x80 else {
        index += 1
        continue
      }
      guard index + 1 < bytes.count else { return false }
      let trail = bytes[index + 1]
      index += 2
      if name == "Big5" {
        guard (0x40...0x7E).contains(trail) || (0xA1...0xFE).contains(trail) else { return false }
        if (0xA1...0xA3).contains(lead) { continue }  // signs say nothing
        if (0xA4...0xC6).contains(lead) { common += 1 } else { others += 1 }
      } else {
        if (0x30...0x39).contains(trail) {
          index += 2
          continue
        }
        if (0xA1...0xA9).contains(lead), trail >= 0xA1 { continue }
        if (0xB0...0xD7).contains(lead), trail >= 0xA1 { common += 1 } else { others += 1 }
      }
    }
    return common >= 4 && common * 5 >= (common + others) * 4
  }

  /// `<meta charset="gbk">`, `content="text/html; charset=gb2312"`, in lower case.
  private static func declaredCharset(_ bytes: [UInt8]) -> String? {
    let head = String(decoding: bytes.prefix(1_024).map { $0 < 0x80 ? $0 : 0x20 }, as: UTF8.self).lowercased()
    guard let match = head.firstMatch(of: #/charset\s*=\s*["']?\s*([a-z0-9_-]+)/#) else { return nil }
    return String(match.output.1)
  }
}
