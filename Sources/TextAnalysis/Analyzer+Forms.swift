/// Forms: spellings of several parts of a chunk as one term.
extension Analyzer {
  /// A spelling of several parts as one term.
  struct Form {
    enum Role { case joined, whole, version }
    var role: Role
    var parts: Range<Int>
    /// Letters before the first number that are no part of a version: `v1.29`, `go1.21`.
    var dropped = 0
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
      let skipped = index == form.parts.lowerBound ? form.dropped : 0
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

  /// Parts from `index` on that make forms together: the whole chunk, or one segment of a path.
  func formSegment(from index: Int) -> Range<Int> {
    guard isPath else { return index..<partCount }
    var end = index + 1
    while end < partCount, unsafe parts[end].connector != UInt8(ascii: "/") { end += 1 }
    return index..<end
  }

  /// An address, or a slash beside other connectors: CI/CD is a name, cmd/kube-proxy a path.
  private var isPath: Bool {
    if chunkIsURL { return true }
    var hasSlash = false
    var hasOther = false
    for index in 1..<max(partCount, 1) {
      if unsafe parts[index].connector == UInt8(ascii: "/") { hasSlash = true } else { hasOther = true }
    }
    return hasSlash && hasOther
  }

  /// The forms that begin at one part.
  func forEachForm(startingAt index: Int, in segment: Range<Int>, _ body: (Form) -> Void) {
    var wholeIsVersion = false
    if let end = version(startingAt: index, in: segment) {
      let dropped = bytesBeforeNumber(index)
      // Every beginning of two and more numbers, so that 1.29 finds 1.29.3 and 1.2 does not.
      for prefix in index + 2...end where prefix == end || prefix <= index + Self.longestVersion {
        body(Form(role: .version, parts: index..<prefix, dropped: dropped))
        if isName(index, dropped), index..<prefix != segment {
          body(Form(role: .version, parts: index..<prefix))
        }
      }
      wholeIsVersion = dropped == 0 && index..<end == segment
    }
    if index == segment.lowerBound, segment.count > 1, !wholeIsVersion, hasDot(segment) {
      body(Form(role: .whole, parts: segment))
    }
    let joined = joinedParts(startingAt: index, in: segment, within: .all)
    if let joined { body(Form(role: .joined, parts: joined)) }
    // kube-proxy in kube-proxy.service.
    if let inner = joinedParts(startingAt: index, in: segment, within: .hyphens), inner != joined {
      body(Form(role: .joined, parts: inner))
    }
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

  /// What stands in a part before the digits at its end.
  func bytesBeforeNumber(_ index: Int) -> Int {
    let part = unsafe parts[index]
    var end = part.byteEnd
    while end > part.byteStart, unsafe (0x30...0x39).contains(chunkBytes[end - 1]) { end -= 1 }
    return end - part.byteStart
  }

  /// Whether so many bytes before the number of a version say of what it is: go1.21, but v1.21.
  func isName(_ index: Int, _ byteCount: Int) -> Bool {
    unsafe byteCount > 1 || byteCount == 1 && chunkBytes[parts[index].byteStart] != UInt8(ascii: "v")
  }

  /// Digits, or digits after ASCII letters: 1, v1, go1.
  private func isVersionNumber(_ index: Int) -> Bool {
    let part = unsafe parts[index]
    return part.traits.isDisjoint(with: [.foreign, .signed, .truncated])
      && bytesBeforeNumber(index) < part.byteCount
  }

  private func hasDot(_ segment: Range<Int>) -> Bool {
    segment.dropFirst().contains { unsafe parts[$0].connector == UInt8(ascii: ".") }
  }

  /// What holds parts together that are also written as one word.
  private enum Joint { case all, hyphens }

  /// Two to five parts that are also written as one word, if such a group begins at `index`.
  private func joinedParts(startingAt index: Int, in segment: Range<Int>, within joint: Joint) -> Range<Int>?
  {
    func parts(_ k: Int) -> Bool {
      let connector = unsafe self.parts[k].connector
      if joint == .hyphens { return connector != UInt8(ascii: "-") && connector != UInt8(ascii: "_") }
      switch connector {
      case UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "#"): return true
      default: return false
      }
    }
    guard index == segment.lowerBound || parts(index) else { return nil }
    var end = index + 1
    while end < segment.upperBound, !parts(end) { end += 1 }
    guard (2...5).contains(end - index) else { return nil }
    // The tail of a version: 3-rc in 1.29.3-rc.
    if joint == .hyphens, unsafe self.parts[index].isNumber { return nil }
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
