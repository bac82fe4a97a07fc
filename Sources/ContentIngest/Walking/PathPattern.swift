/// A pattern over paths: one line of an ignore file, or of a configuration, with the meaning that git gives it.
///
/// Works on bytes, as git does: `?` is one byte. Matching takes time in the order of pattern × path at worst,
/// because a wildcard is only ever moved on, and only the last one of its kind.
struct PathPattern: Sendable {
  private enum Token: Equatable, Sendable {
    case byte(UInt8)
    /// `?`: any byte but `/`.
    case any
    /// `[…]`: one of these bytes, never `/`.
    case set(ByteSet)
    /// `*`: any bytes but `/`.
    case star
    /// `**/` at the start or after a `/`: any number of whole folders.
    case folders
    /// `**` at the end after a `/`: whatever follows.
    case rest
  }

  /// `!`: takes back what an earlier line ignores.
  let isNegated: Bool
  /// A `/` at the end: only folders are meant.
  let isFolderOnly: Bool
  /// Without a `/` inside, the name alone is compared, at any depth.
  let isNameOnly: Bool
  private let tokens: [Token]
  /// The whole pattern when it holds no wildcard, which most do not.
  private let literal: [UInt8]?
  /// What follows the star of a pattern such as `*.log`.
  private let ending: [UInt8]?

  /// Nil for empty lines and comments, and for patterns that match nothing.
  init?(line: ArraySlice<UInt8>) {
    var line = Self.withoutTrailingSpaces(line)
    guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
    isNegated = first == UInt8(ascii: "!")
    if isNegated { line = line.dropFirst() }
    isFolderOnly = line.last == Self.slash
    if isFolderOnly { line = line.dropLast() }
    isNameOnly = !line.contains(Self.slash)
    if line.first == Self.slash { line = line.dropFirst() }
    guard !line.isEmpty, let tokens = Self.tokens(of: Array(line), isNameOnly: isNameOnly) else { return nil }
    self.tokens = tokens
    func bytes(_ tokens: ArraySlice<Token>) -> [UInt8]? {
      var bytes: [UInt8] = []
      for token in tokens {
        guard case .byte(let byte) = token else { return nil }
        bytes.append(byte)
      }
      return bytes
    }
    literal = bytes(tokens[...])
    ending = isNameOnly && tokens[0] == .star ? bytes(tokens.dropFirst()) : nil
  }

  /// Whether the pattern speaks of a file, or of a folder that it is in.
  ///
  /// - Parameter path: as below, of a file.
  func reaches(_ path: String) -> Bool {
    var path = path
    return path.withUTF8 { bytes in
      var nameStart = 0
      for (index, byte) in bytes.enumerated() where byte == Self.slash {
        if matches(UnsafeBufferPointer(rebasing: bytes[..<index]), nameStart: nameStart, isFolder: true) {
          return true
        }
        nameStart = index + 1
      }
      return matches(bytes, nameStart: nameStart, isFolder: false)
    }
  }

  /// Whether the last pattern that reaches a file takes it.
  static func lastMatch(_ patterns: [PathPattern], _ path: String) -> Bool {
    patterns.last { $0.reaches(path) }.map { !$0.isNegated } ?? false
  }

  /// The patterns of lines; those that are empty, comments or match nothing are left out.
  static func patterns(_ lines: [String]) -> [PathPattern] {
    lines.compactMap { PathPattern(line: Array($0.utf8)[...]) }
  }

  /// Whether the pattern speaks of a path.
  ///
  /// - Parameters:
  ///   - path: relative to the folder of the ignore file, `/` between folders, none at the ends.
  ///   - nameStart: where the last component begins.
  func matches(_ path: UnsafeBufferPointer<UInt8>, nameStart: Int, isFolder: Bool) -> Bool {
    if isFolderOnly, !isFolder { return false }
    let start = isNameOnly ? nameStart : 0
    let text = UnsafeBufferPointer(rebasing: path[start...])
    if let literal { return text.count == literal.count && text.elementsEqual(literal) }
    if let ending {
      return text.count >= ending.count && text[(text.count - ending.count)...].elementsEqual(ending)
    }
    return walk(text)
  }

  /// A star never has to be tried again once a `/` after it was matched: the place of that is the only one. The
  /// same holds for whole folders once others follow. So two places to go back to are enough.
  private func walk(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var token = 0
    var at = 0
    var star: (token: Int, at: Int)?
    var folders: (token: Int, at: Int)?
    while true {
      if token == tokens.count {
        if at == text.count { return true }
      } else {
        switch tokens[token] {
        case .star:
          token += 1
          star = (token, at)
          continue
        case .folders:
          token += 1
          folders = (token, at)
          star = nil
          continue
        case .rest: return true
        case .byte(let byte):
          if at < text.count, text[at] == byte {
            if byte == Self.slash { star = nil }
            token += 1
            at += 1
            continue
          }
        case .any:
          if at < text.count, text[at] != Self.slash {
            token += 1
            at += 1
            continue
          }
        case .set(let set):
          if at < text.count, text[at] != Self.slash, set.contains(text[at]) {
            token += 1
            at += 1
            continue
          }
        }
      }
      if let last = star, last.at < text.count, text[last.at] != Self.slash {
        star = (last.token, last.at + 1)
        (token, at) = (last.token, last.at + 1)
      } else if let last = folders, let slash = text[last.at...].firstIndex(of: Self.slash) {
        star = nil
        folders = (last.token, slash + 1)
        (token, at) = (last.token, slash + 1)
      } else {
        return false
      }
    }
  }

  // MARK: Reading a line

  private static let slash = UInt8(ascii: "/")
  private static let backslash = UInt8(ascii: "\\")
  private static let asterisk = UInt8(ascii: "*")

  /// Spaces at the end do not count, unless a backslash stands before them.
  private static func withoutTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = line.startIndex
    var at = line.startIndex
    while at < line.endIndex {
      if line[at] == backslash, at + 1 < line.endIndex {
        at += 2
        end = at
      } else {
        if line[at] != UInt8(ascii: " ") { end = at + 1 }
        at += 1
      }
    }
    return line[..<end]
  }

  private static func tokens(of pattern: [UInt8], isNameOnly: Bool) -> [Token]? {
    let special = [asterisk, backslash, UInt8(ascii: "?"), UInt8(ascii: "[")]
    let firstSpecial = pattern.firstIndex(where: special.contains)
    var tokens: [Token] = []
    var at = 0
    while at < pattern.count {
      switch pattern[at] {
      case asterisk:
        let start = at
        while at < pattern.count, pattern[at] == asterisk { at += 1 }
        // What stands before the first wildcard is compared by itself, so that this one is at a start, too.
        let isStart = start == firstSpecial || pattern[start - 1] == slash
        let isWhole = !isNameOnly && at - start >= 2 && isStart
        if isWhole, at == pattern.count {
          tokens.append(.rest)
        } else if isWhole, pattern[at] == slash {
          at += 1
          if tokens.last != .folders { tokens.append(.folders) }
        } else {
          tokens.append(.star)
        }
      case UInt8(ascii: "?"):
        tokens.append(.any)
        at += 1
      case UInt8(ascii: "["):
        guard let set = ByteSet(pattern, at: &at) else { return nil }
        tokens.append(.set(set))
      case backslash:
        guard at + 1 < pattern.count else { return nil }
        tokens.append(.byte(pattern[at + 1]))
        at += 2
      case let byte:
        tokens.append(.byte(byte))
        at += 1
      }
    }
    return tokens
  }
}

/// A set of bytes, written as `[a-z]`, `[!0-9]`, `[[:alpha:]]`.
private struct ByteSet: Equatable, Sendable {
  private var words: SIMD4<UInt64> = .zero

  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

  private mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  /// Reads a set from its `[` on and steps behind its `]`; nil when that is missing.
  init?(_ pattern: [UInt8], at: inout Int) {
    at += 1
    let isNegated = at < pattern.count && [UInt8(ascii: "!"), UInt8(ascii: "^")].contains(pattern[at])
    if isNegated { at += 1 }
    var isFirst = true
    var previous: UInt8?
    while true {
      guard at < pattern.count else { return nil }
      var byte = pattern[at]
      if byte == UInt8(ascii: "]"), !isFirst { break }
      isFirst = false
      if byte == UInt8(ascii: "-"), let low = previous, at + 1 < pattern.count,
        pattern[at + 1] != UInt8(ascii: "]")
      {
        at += 1
        if pattern[at] == UInt8(ascii: "\\") {
          at += 1
          guard at < pattern.count else { return nil }
        }
        let high = pattern[at]
        if low <= high { for member in low...high { insert(member) } }
        previous = nil
        at += 1
        continue
      }
      if byte == UInt8(ascii: "["), at + 1 < pattern.count, pattern[at + 1] == UInt8(ascii: ":") {
        guard let end = pattern[(at + 2)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        if end - 1 >= at + 2, pattern[end - 1] == UInt8(ascii: ":") {
          guard let isMember = Self.classes[String(decoding: pattern[(at + 2)..<(end - 1)], as: UTF8.self)]
          else { return nil }
          for member in UInt8(0)..<128 where isMember(member) { insert(member) }
          previous = nil
          at = end + 1
          continue
        }
        // Not a class: an opening bracket like any other byte.
      } else if byte == UInt8(ascii: "\\") {
        at += 1
        guard at < pattern.count else { return nil }
        byte = pattern[at]
      }
      insert(byte)
      previous = byte
      at += 1
    }
    at += 1
    if isNegated { words = ~words }
  }

  private static let classes: [String: @Sendable (UInt8) -> Bool] = [
    "alnum": { isLetter($0) || isDigit($0) }, "alpha": isLetter, "blank": { $0 == 0x20 || $0 == 0x09 },
    "cntrl": { $0 < 0x20 || $0 == 0x7F }, "digit": isDigit, "graph": { (0x21..<0x7F).contains($0) },
    "lower": { (0x61...0x7A).contains($0) }, "print": { (0x20..<0x7F).contains($0) },
    "punct": { (0x21..<0x7F).contains($0) && !isLetter($0) && !isDigit($0) },
    "space": { $0 == 0x20 || (0x09...0x0D).contains($0) }, "upper": { (0x41...0x5A).contains($0) },
    "xdigit": { isDigit($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) },
  ]

  @Sendable private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  @Sendable private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
