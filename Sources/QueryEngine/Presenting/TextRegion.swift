/// Part of a text in characters (grapheme clusters), around a place of it.
///
/// Of a character only its first scalar is looked at: what it is, Swift's `Character` says by that one too.
struct TextRegion {
  /// UTF-8 offset of each character in the whole text, and of the end.
  private(set) var offsets: [Int] = []
  /// First scalar of each character.
  private(set) var scalars: [UInt32] = []
  let startsText: Bool
  let endsText: Bool
  private var bytes: [UInt8] = []
  private var firstByte = 0

  var count: Int { scalars.count }

  /// Enough on both sides for a whole snippet, however long the text is. So many scalars, as long as characters have
  /// no more than two on average, and so many bytes at most.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - focus: a byte range of it.
  ///   - length: of the passage, in characters.
  init(of text: UnsafeBufferPointer<UInt8>, around focus: Range<Int>, length: Int) {
    func continues(_ i: Int) -> Bool { text[i] & 0xC0 == 0x80 }
    let center = min(focus.lowerBound, text.count)
    var first = center
    var left = 3 * length / 2
    while first > 0, left > 0, center - first < 4 * length {
      first -= 1
      if !continues(first) { left -= 1 }
    }
    var last = center
    left = 2 * length
    while last < text.count, left > 0, last - center < 5 * length {
      if !continues(last) { left -= 1 }
      last += 1
    }
    while first < text.count, continues(first) { first += 1 }
    while last < text.count, continues(last) { last += 1 }
    startsText = first == 0
    endsText = last == text.count
    firstByte = first
    bytes = Array(text[first..<max(first, last)])
    if !breakPlain() { breakAny() }
    offsets.append(first + bytes.count)
    // Cut anywhere, the first and the last character may be halves.
    if !startsText, count > 1 {
      offsets.removeFirst()
      scalars.removeFirst()
    }
    if !endsText, count > 1 {
      offsets.removeLast()
      scalars.removeLast()
    }
  }

  // MARK: Breaking

  /// Takes every scalar as a character; gives up at one that may be part of a larger one.
  private mutating func breakPlain() -> Bool {
    offsets.reserveCapacity(bytes.count + 1)
    scalars.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      let lead = bytes[i]
      var scalar = UInt32(lead)
      var width = 1
      if lead >= 0x80 {
        width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard i + width <= bytes.count else { return false }
        scalar = width == 2 ? scalar & 0x1F : width == 3 ? scalar & 0x0F : scalar & 0x07
        for k in 1..<width { scalar = scalar << 6 | UInt32(bytes[i + k] & 0x3F) }
      }
      guard Self.standsAlone(scalar) else { return false }
      offsets.append(firstByte + i)
      scalars.append(scalar)
      i += width
    }
    return true
  }

  private mutating func breakAny() {
    offsets.removeAll(keepingCapacity: true)
    scalars.removeAll(keepingCapacity: true)
    var offset = firstByte
    for character in String(decoding: bytes, as: UTF8.self) {
      offsets.append(offset)
      scalars.append(character.unicodeScalars.first?.value ?? 0)
      offset += character.utf8.count
    }
  }

  /// Whether a scalar is a whole character among others of which this is true (UAX #29): no mark, joiner, jamo,
  /// regional indicator, and no carriage return.
  static func standsAlone(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x0D: false
    case 0..<0x80, 0x4E00..<0xA000: true
    case 0xA0..<0xAD, 0xAE..<0x300, 0x370..<0x483, 0x48A..<0x530: true
    case 0x2010..<0x2028, 0x2030..<0x2060, 0x20A0..<0x20D0, 0x2100..<0x2C00: true
    case 0x2E80..<0x302A, 0x3030..<0x3099, 0x309B..<0x4E00: true
    case 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFF01..<0xFF9E, 0x20000..<0x30000: true
    default: false
    }
  }

  // MARK: Looking

  /// The character that a byte of the text belongs to.
  func character(at byte: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle + 1] <= byte { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The UTF-8 of a character.
  func utf8(of i: Int) -> ArraySlice<UInt8> { bytes[offsets[i] - firstByte..<offsets[i + 1] - firstByte] }

  /// Whether a character is one scalar.
  private func isSingle(_ i: Int) -> Bool {
    let scalar = scalars[i]
    return offsets[i + 1] - offsets[i] == (scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4)
  }

  private func properties(_ i: Int) -> Unicode.Scalar.Properties? { Unicode.Scalar(scalars[i])?.properties }

  func isHan(_ i: Int) -> Bool {
    let scalar = scalars[i]
    if scalar < 0x2E80 { return false }
    return (0x4E00..<0x9FFD).contains(scalar) || properties(i)?.isIdeographic == true
  }

  /// A letter or a number.
  func isWord(_ i: Int) -> Bool {
    let scalar = scalars[i]
    if scalar < 0x80 {
      return (0x61...0x7A).contains(scalar | 0x20) || (0x30...0x39).contains(scalar)
    }
    if (0x4E00..<0x9FFD).contains(scalar) { return true }
    guard let properties = properties(i) else { return false }
    return properties.isAlphabetic || properties.numericType != nil
  }

  func isSpace(_ i: Int) -> Bool {
    let scalar = scalars[i]
    if scalar < 0x80 { return scalar == 0x20 || (0x09...0x0D).contains(scalar) }
    if (0x3001...0x9FFF).contains(scalar) { return false }
    return properties(i)?.isWhitespace == true
  }

  func isNewline(_ i: Int) -> Bool {
    switch scalars[i] {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Not white space, which may be one, too.
  func isControl(_ i: Int) -> Bool {
    let scalar = scalars[i]
    return scalar < 0x20 || (0x7F..<0xA0).contains(scalar)
  }

  func endsSentence(_ i: Int) -> Bool {
    switch scalars[i] {
    case 0x3002, 0xFF01, 0xFF1F, 0x21, 0x3F, 0xFF1B, 0x2026, 0x0A: isSingle(i)  // 。！？!?；…
    case 0x2E: isSingle(i) && i + 1 < count && isSpace(i + 1)
    default: false
    }
  }

  func endsClause(_ i: Int) -> Bool {
    switch scalars[i] {
    // ，、,；;：:）) and the Greek question mark, which is a semicolon.
    case 0xFF0C, 0x3001, 0x2C, 0xFF1B, 0x3B, 0xFF1A, 0x3A, 0xFF09, 0x29, 0x37E: isSingle(i)
    default: false
    }
  }

  /// Whether a cut before a character goes through a word, a Latin one or a Han one, or through a number.
  func isInsideWord(_ i: Int, _ words: Snippeter.WordFinder) -> Bool {
    guard i > 0, i < count, isWord(i - 1), isWord(i) else { return false }
    guard isHan(i - 1), isHan(i) else { return !isHan(i - 1) && !isHan(i) }
    // A few characters on both sides are enough to see the word.
    var start = i
    while start > 0, i - start < 10, isHan(start - 1) { start -= 1 }
    var end = i
    while end < count, end - i < 10, isHan(end) { end += 1 }
    return !words(Array(scalars[start..<end])).contains { $0.lowerBound == i - start }
  }
}
