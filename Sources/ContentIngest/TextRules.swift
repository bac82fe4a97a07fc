/// Questions about single characters and short texts that several readers ask.
///
/// All of it works on UTF-8 bytes or scalars: no Foundation, no grapheme breaking.

// MARK: - Characters

/// The scalar that starts at `index`, and how many bytes it takes; U+FFFD and 1 for bytes that are no UTF-8.
@inline(__always)
func scalar(at index: Int, in bytes: [UInt8]) -> (value: UInt32, width: Int) {
  let first = bytes[index]
  if first < 0x80 { return (UInt32(first), 1) }
  let width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
  guard first >= 0xC0, index + width <= bytes.count else { return (0xFFFD, 1) }
  var value = UInt32(first) & (0x7F >> UInt32(width))
  for offset in 1..<width { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
  return (value, width)
}

/// The scalar that ends just before `end`; 0 at the start of the text.
@inline(__always)
func scalar(before end: Int, in bytes: [UInt8]) -> UInt32 {
  var start = end - 1
  guard start >= 0 else { return 0 }
  while start > 0, end - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
  return scalar(at: start, in: bytes).value
}

/// Han letters: unified ideographs, extensions, compatibility ideographs, 々〇 and radicals.
@inline(__always)
func isHan(_ c: UInt32) -> Bool {
  (0x4E00...0x9FFF).contains(c) || (0x3400...0x4DBF).contains(c) || (0xF900...0xFAFF).contains(c)
    || (0x20000...0x3FFFF).contains(c) || (0x2E80...0x2FDF).contains(c)
    || c == 0x3005 || c == 0x3007 || (0x3021...0x3029).contains(c)
}

func isKana(_ c: UInt32) -> Bool {
  (0x3041...0x30FF).contains(c) || (0x31F0...0x31FF).contains(c) || (0xFF66...0xFF9F).contains(c)
}

func isHangul(_ c: UInt32) -> Bool {
  (0xAC00...0xD7AF).contains(c) || (0x1100...0x11FF).contains(c) || (0x3130...0x318F).contains(c)
}

/// Scripts that are written without spaces, with their punctuation and full-width forms.
func isWrittenWithoutSpaces(_ c: UInt32) -> Bool {
  isHan(c) || (0x3001...0x312F).contains(c) || (0x31A0...0x33FF).contains(c) || (0xFE30...0xFE4F).contains(c)
    || (0xFF01...0xFFEF).contains(c)
}

/// Signs that Chinese and Western text share: “ ” ‘ ’ — … ·
private func isSharedPunctuation(_ c: UInt32) -> Bool {
  (0x2014...0x201F).contains(c) || c == 0x2026 || c == 0xB7
}

/// Whether a line break between the two characters stands for nothing, instead of a space.
func joinsWithoutSpace(_ left: UInt32, _ right: UInt32) -> Bool {
  if isWrittenWithoutSpaces(left) {
    return isWrittenWithoutSpaces(right) || isSharedPunctuation(right)
  }
  return isSharedPunctuation(left) && isWrittenWithoutSpaces(right)
}

/// Letters, digits and marks: what a word can hold.
func isWordScalar(_ c: UInt32) -> Bool {
  if c < 0x80 {
    return (0x30...0x39).contains(c) || (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c)
  }
  if isHan(c) || isKana(c) || isHangul(c) { return true }
  guard let scalar = Unicode.Scalar(c) else { return false }
  switch scalar.properties.generalCategory {
  case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
    .letterNumber, .nonspacingMark, .spacingMark:
    return true
  default: return false
  }
}

extension [UInt8] {
  /// Whether the text has a letter or a digit.
  func hasWord(in range: Range<Int>) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      let (value, width) = scalar(at: index, in: self)
      if isWordScalar(value) { return true }
      index += width
    }
    return false
  }

  /// The text of a range, without white space at its ends.
  func text(_ range: Range<Int>) -> String {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, self[start] <= 0x20 { start += 1 }
    while end > start, self[end - 1] <= 0x20 { end -= 1 }
    return String(decoding: self[start..<end], as: UTF8.self)
  }
}

// MARK: - Languages

/// The language of a text by its letters: `zh` from 20 % Han, `ja` when a tenth of them is kana,
/// `ko` from 20 % Hangul, `en` when ASCII letters are most of it, else `und`.
///
/// Reads at most the first 16 KiB of each text.
func detectLanguage(_ texts: String...) -> String {
  var han = 0
  var kana = 0
  var hangul = 0
  var latin = 0
  var other = 0
  for text in texts {
    var budget = 16 * 1024
    // By bytes: taking scalars out of a string one by one costs more than all the rest of reading a line.
    var text = text
    text.withUTF8 { bytes in
      var i = 0
      while budget > 0, i < bytes.count {
        budget -= 1
        let lead = UInt32(bytes[i])
        if lead < 0x80 {
          if (lead | 0x20) >= 0x61 && (lead | 0x20) <= 0x7A { latin += 1 }
          i += 1
          continue
        }
        let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard i + width <= bytes.count else { break }
        var c = lead & 0x7F >> UInt32(width)
        for k in 1..<width { c = c << 6 | UInt32(bytes[i + k] & 0x3F) }
        i += width
        if isHan(c) {
          han += 1
        } else if isKana(c) {
          kana += 1
        } else if isHangul(c) {
          hangul += 1
        } else if c >= 0xC0 && isWordScalar(c) {
          other += 1
        }
      }
    }
  }
  let letters = han + kana + hangul + latin + other
  guard letters > 0 else { return "und" }
  if kana > 0, kana * 10 >= han + kana, (han + kana) * 5 >= letters { return "ja" }
  if hangul * 5 >= letters, hangul >= han { return "ko" }
  if han * 5 >= letters { return "zh" }
  return latin * 2 > letters ? "en" : "und"
}

/// `zh-Hans-CN`, `ZH_cn` → `zh`; nil for what is no language code.
func languageCode(_ text: String) -> String? {
  let letters = text.utf8.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
  guard letters.count == 2 || letters.count == 3 else { return nil }
  if let next = text.utf8.dropFirst(letters.count).first, next != UInt8(ascii: "-"), next != UInt8(ascii: "_")
  {
    return nil
  }
  let code = String(decoding: letters.map { $0 | 0x20 }, as: UTF8.self)
  return code.utf8.count == 2
    ? code : ["zho": "zh", "chi": "zh", "eng": "en", "jpn": "ja", "kor": "ko"][code]
}

// MARK: - Links

/// The target when it may become a link, or nil: only http, https, mailto and relative targets may.
///
/// Control characters and white space are dropped first, as browsers do: `java\tscript:` is a scheme.
func safeLink(_ target: some Sequence<UInt8>) -> String? {
  var bytes = target.filter { $0 > 0x20 && $0 != 0x7F }
  guard !bytes.isEmpty else { return nil }
  for (index, byte) in bytes.enumerated() {
    switch byte {
    case UInt8(ascii: ":"):
      let scheme = String(decoding: bytes[..<index], as: UTF8.self).lowercased()
      guard scheme == "http" || scheme == "https" || scheme == "mailto" else { return nil }
      bytes.replaceSubrange(..<index, with: scheme.utf8)
      return String(decoding: bytes, as: UTF8.self)
    case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"):
      return String(decoding: bytes, as: UTF8.self)
    default: continue
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

// MARK: - Headings

/// A heading as people name the section: without `1.`, `1.2`, `一、`, `（二）`, `第三章` in front.
///
/// A number that belongs to the words stays: `2022 年趋势`, `5 个工具`, `1.29 新特性`.
func withoutNumbering(_ heading: String) -> String {
  let all = Array(heading.unicodeScalars)
  func isDigit(_ s: Unicode.Scalar) -> Bool { s.properties.numericType == .decimal }
  func isChineseNumber(_ s: Unicode.Scalar) -> Bool { "〇零一二三四五六七八九十百".unicodeScalars.contains(s) }
  func isSpace(_ s: Unicode.Scalar) -> Bool { s.properties.isWhitespace }
  let enders = Set("、.．。)）:：".unicodeScalars)

  var index = 0
  func finish(_ from: Int) -> String {
    var start = from
    while start < all.count, isSpace(all[start]) || all[start] == ":" || all[start] == "：" { start += 1 }
    guard start < all.count else { return heading }
    return String(String.UnicodeScalarView(all[start...]))
  }
  guard let first = all.first else { return heading }

  // 第三章 …, 第 2 节：…
  if first == "第" {
    index = 1
    while index < all.count, isSpace(all[index]) { index += 1 }
    let digits = index
    while index < all.count, isDigit(all[index]) || isChineseNumber(all[index]) { index += 1 }
    guard index > digits else { return heading }
    while index < all.count, isSpace(all[index]) { index += 1 }
    guard index < all.count, "章节回部分篇".unicodeScalars.contains(all[index]) else { return heading }
    if all[index] == "部", index + 1 < all.count, all[index + 1] == "分" { index += 1 }
    index += 1
    guard index < all.count, isSpace(all[index]) || enders.contains(all[index]) else { return heading }
    return finish(index + 1)
  }

  // （一） (1)
  let bracketed = first == "（" || first == "("
  if bracketed { index = 1 }
  let start = index
  if index < all.count, isChineseNumber(all[index]) {
    while index < all.count, isChineseNumber(all[index]) { index += 1 }
  } else {
    while index < all.count, isDigit(all[index]) { index += 1 }
    if index > start, !bracketed {
      // 1.2 or 1.2.3 before white space; a component above 20 is a version (1.29).
      var end = index
      var parts = 1
      var small = index - start <= 2
      while end + 1 < all.count, all[end] == ".", isDigit(all[end + 1]) {
        var value = 0
        var digits = 0
        end += 1
        while end < all.count, isDigit(all[end]), digits < 4 {
          value = value * 10 + Int(all[end].properties.numericValue ?? 0)
          digits += 1
          end += 1
        }
        small = small && value <= 20
        parts += 1
      }
      if parts > 1 {
        guard small, end < all.count else { return heading }
        if enders.contains(all[end]) { return finish(end + 1) }
        return isSpace(all[end]) ? finish(end) : heading
      }
    }
  }
  guard index > start, index < all.count else { return heading }
  if bracketed {
    return all[index] == "）" || all[index] == ")" ? finish(index + 1) : heading
  }
  return enders.contains(all[index]) ? finish(index + 1) : heading
}

// MARK: - Stable ids

/// 32 hexadecimal digits that depend on nothing but the text.
///
/// 128-bit FNV-1a: no cryptography needed, for an id is a name and not a secret, and 2^64 texts would have to
/// meet before two of them are likely to share one.
func stableID(_ text: String) -> String {
  var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
  for byte in text.utf8 {
    hash ^= UInt128(byte)
    hash = hash &* 0x0000_0000_0100_0000_0000_0000_0000_013B
  }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 32 - digits.utf8.count) + digits
}
