/// Forms: spellings of several parts of a chunk as one term.
extension Analyzer {
  /// A spelling of several parts as one term.
  struct Form {
    enum Role { case joined, whole, version }
    var role: Role
    var parts: Range<Int>
    /// A leading `v` that is no part of a version.
    var dropsV = false
  }

  /// Bytes that `write` may touch.
  static let bytesPerForm = 2 * (longestTerm + 1)

  /// Writes the term of a form, cut at a character border; returns its length.
  func write(_ form: Form, at target: UnsafeMutablePointer<UInt8>) -> Int {
    // Sound: stops at the part that makes the term too long; no part is longer than a term.
    var count = 0
    for index in form.parts {
      let part = unsafe parts[index]
      if index > form.parts.lowerBound && form.role != .joined {
        unsafe target[count] = part.connector
        count += 1
      }
      let skipped = form.dropsV && index == form.parts.lowerBound ? 1 : 0
      for k in part.byteStart + skipped..<part.byteEnd {
        unsafe target[count] = chunkBytes[k]
        count += 1
      }
      if count > Self.longestTerm { break }
    }
    if count <= Self.longestTerm { return count }
    var end = Self.longestTerm
    while end > 0, unsafe target[end] & 0xC0 == 0x80 { end -= 1 }
    return end
  }

  /// Parts from `index` on that make forms together: the whole chunk, or one path segment of a URL.
  func formSegment(from index: Int) -> Range<Int> {
    guard chunkIsURL else { return index..<partCount }
    var end = index + 1
    while end < partCount, unsafe parts[end].connector != UInt8(ascii: "/") { end += 1 }
    return index..<end
  }

  /// The forms that begin at one part.
  func forEachForm(startingAt index: Int, in segment: Range<Int>, _ body: (Form) -> Void) {
    var wholeIsVersion = false
    if let end = version(startingAt: index, in: segment) {
      let dropsV = hasV(index)
      // Every beginning of two and more numbers, so that 1.29 finds 1.29.3 and 1.2 does not.
      for prefix in index + 2...end where prefix == end || prefix <= index + Self.longestVersion {
        body(Form(role: .version, parts: index..<prefix, dropsV: dropsV))
      }
      wholeIsVersion = !dropsV && index..<end == segment
    }
    if index == segment.lowerBound, segment.count > 1, !wholeIsVersion, hasDot(segment) {
      body(Form(role: .whole, parts: segment))
    }
    if let joined = joinedParts(startingAt: index, in: segment) { body(Form(role: .joined, parts: joined)) }
  }

  /// Prefixes of a version that are terms of their own, besides the whole.
  static let longestVersion = 8

  /// Where a version ends that begins at a part: two and more numbers with dots, and what hangs on it.
  func version(startingAt index: Int, in segment: Range<Int>) -> Int? {
    guard isVersionNumber(index) else { return nil }
    let dot = UInt8(ascii: ".")
    // Not the tail of a longer one.
    if index > segment.lowerBound, unsafe parts[index].connector == dot, isVersionNumber(index - 1) {
      return nil
    }
    var end = index + 1
    while end < segment.upperBound, unsafe parts[end].connector == dot, unsafe parts[end].isNumber {
      end += 1
    }
    guard end - index >= 2 else { return nil }
    while end < segment.upperBound {
      switch unsafe parts[end].connector {
      case dot, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "_"): end += 1
      default: return end
      }
    }
    return end
  }

  private func hasV(_ index: Int) -> Bool {
    let part = unsafe parts[index]
    return unsafe chunkBytes[part.byteStart] == UInt8(ascii: "v")
  }

  /// Digits, or digits after a `v`.
  private func isVersionNumber(_ index: Int) -> Bool {
    let part = unsafe parts[index]
    if part.isNumber { return true }
    guard hasV(index), part.byteCount > 1, part.traits.isDisjoint(with: [.foreign, .signed, .truncated])
    else {
      return false
    }
    for k in part.byteStart + 1..<part.byteEnd {
      if unsafe !(0x30...0x39).contains(chunkBytes[k]) { return false }
    }
    return true
  }

  private func hasDot(_ segment: Range<Int>) -> Bool {
    segment.dropFirst().contains { unsafe parts[$0].connector == UInt8(ascii: ".") }
  }

  /// Two to five parts that are also written as one word, if such a group begins at `index`.
  private func joinedParts(startingAt index: Int, in segment: Range<Int>) -> Range<Int>? {
    func parts(_ k: Int) -> Bool {
      switch unsafe self.parts[k].connector {
      case UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "#"): true
      default: false
      }
    }
    guard index == segment.lowerBound || parts(index) else { return nil }
    var end = index + 1
    while end < segment.upperBound, !parts(end) { end += 1 }
    guard (2...5).contains(end - index) else { return nil }
    var hasLetter = false
    for k in index..<end {
      let part = unsafe self.parts[k]
      if part.traits.contains(.signed) { return nil }
      if !part.isNumber { hasLetter = true }
      // 1.29 is not 129.
      if version(startingAt: k, in: segment) != nil { return nil }
    }
    return hasLetter ? index..<end : nil
  }
}
