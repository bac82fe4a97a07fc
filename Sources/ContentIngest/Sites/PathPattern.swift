/// A pattern over paths as `.gitignore` has them: `*`, `?`, `**`, `/` in front or inside, `/` at the end, `!` in front.
package struct PathPattern: Equatable, Sendable {
  /// What it matches is taken back: `!name`.
  let isNegated: Bool
  private let parts: [[Unicode.Scalar]]
  private let isComment: Bool

  package init(_ text: String) {
    var text = text[...]
    isComment = text.isEmpty || text.hasPrefix("#")
    isNegated = text.hasPrefix("!")
    if isNegated { text = text.dropFirst() }
    let isFolder = text.hasSuffix("/")
    if isFolder { text = text.dropLast() }
    let isAnchored = text.contains("/")
    var parts = text.split(separator: "/").map { Array($0.unicodeScalars) }
    if !isAnchored { parts.insert(["*", "*"], at: 0) }
    if isFolder { parts.append(["*", "*"]) }
    self.parts = parts
  }

  /// Whether the path, or a folder it is in, is meant.
  package func matches(_ path: String) -> Bool {
    guard !isComment, !parts.isEmpty else { return false }
    let steps = path.split(separator: "/").map { Array($0.unicodeScalars) }
    if matches(steps[...]) { return true }
    // A pattern that names a folder takes all that is in it.
    return parts.last != ["*", "*"] && (1..<max(1, steps.count)).contains { matches(steps[..<$0]) }
  }

  /// Whether the last pattern that matches takes the path.
  package static func lastMatch(_ patterns: [PathPattern], _ path: String) -> Bool {
    patterns.last { $0.matches(path) }.map { !$0.isNegated } ?? false
  }

  /// Greedy with one point of return, at the last `**`: linear in the number of steps times parts.
  private func matches(_ steps: ArraySlice<[Unicode.Scalar]>) -> Bool {
    var step = steps.startIndex
    var part = 0
    var mark: (part: Int, step: Int)?
    while step < steps.endIndex {
      if part < parts.count, parts[part] == ["*", "*"] {
        mark = (part, step)
        part += 1
        continue
      }
      if part < parts.count, Self.matches(parts[part], steps[step]) {
        part += 1
        step += 1
      } else if let last = mark {
        step = last.step + 1
        mark = (last.part, step)
        part = last.part + 1
      } else {
        return false
      }
    }
    while part < parts.count, parts[part] == ["*", "*"] { part += 1 }
    return part == parts.count
  }

  private static func matches(_ pattern: [Unicode.Scalar], _ text: [Unicode.Scalar]) -> Bool {
    var p = 0
    var t = 0
    var mark: (p: Int, t: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        mark = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = mark {
        t = last.t + 1
        mark = (last.p, t)
        p = last.p + 1
      } else {
        return false
      }
    }
    while p < pattern.count, pattern[p] == "*" { p += 1 }
    return p == pattern.count
  }
}
