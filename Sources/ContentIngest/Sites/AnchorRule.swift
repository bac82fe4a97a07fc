import CICU

/// How a generator names the headings of a page.
package enum AnchorRule: Equatable, Sendable {
  /// GitHub, Docusaurus: from the text; `-1`, `-2` … for names that were taken.
  case github
  /// Hugo: from the Markdown of the heading's last line, `heading` when nothing is left of it.
  case goldmark(GoldmarkNames)
  /// MkDocs: from the text; `_1`, `_2` … for names that were taken.
  case toc(TOCNames)
  /// VitePress: from the text, with `-` for runs of signs.
  case vitePress
}

/// `markup.goldmark.parser.autoHeadingIDType` of Hugo.
package enum GoldmarkNames: String, Equatable, Sendable {
  case github
  case githubASCII = "github-ascii"
  case blackfriday
}

/// `slugify` of the `toc` extension of Python-Markdown.
package struct TOCNames: Equatable, Sendable {
  package enum LetterCase: Equatable, Sendable { case kept, lower, lowerASCII }
  /// ASCII letters, digits and `_` alone: the extension's own function, which leaves nothing of Chinese.
  package var isASCII = true
  package var letterCase = LetterCase.lower
  package var separator = "-"
  /// `:name:` is a picture and leaves nothing.
  package var hasEmoji = false

  package init() {}
}

/// The anchors of one page, given out in the order of its headings.
struct AnchorNames {
  private let rule: AnchorRule
  private var taken: Set<String> = []
  /// The next number to try for a name.
  private var next: [String: Int] = [:]

  /// - Parameter explicit: names that the page gives itself; MkDocs knows them from the start.
  init(_ rule: AnchorRule, explicit: some Sequence<String>) {
    self.rule = rule
    if case .toc = rule { taken.formUnion(explicit) }
  }

  mutating func name(for heading: HeadingSource) -> String {
    if let explicit = heading.explicit {
      taken.insert(explicit)
      return explicit
    }
    switch rule {
    case .github:
      let base = Self.github(heading.text)
      return numbered(base.isEmpty ? "section" : base, "-")
    case .goldmark(let names):
      let base = Self.goldmark(heading.markdown, names)
      return numbered(base.isEmpty ? "heading" : base, "-")
    case .vitePress: return numbered(Self.vitePress(heading.text), "-")
    case .toc(let names):
      let base = Self.toc(heading.text, names)
      return base.isEmpty ? numbered("", "_") : numberedFurther(base)
    }
  }

  private mutating func numbered(_ base: String, _ sign: String) -> String {
    if !base.isEmpty, taken.insert(base).inserted { return base }
    var number = next[base] ?? 1
    while !taken.insert("\(base)\(sign)\(number)").inserted { number += 1 }
    next[base] = number + 1
    return "\(base)\(sign)\(number)"
  }

  /// `a_1` that is taken becomes `a_2`, not `a_1_1`.
  private mutating func numberedFurther(_ base: String) -> String {
    if taken.insert(base).inserted { return base }
    if let sign = base.lastIndex(of: "_"), let number = Int(base[base.index(after: sign)...]),
      number >= 0, number < 1 << 40, base[base.index(after: sign)...].utf8.allSatisfy({ $0 != 0x2B })
    {
      let stem = String(base[..<sign])
      var following = max(number + 1, next[stem] ?? 0)
      while !taken.insert("\(stem)_\(following)").inserted { following += 1 }
      return "\(stem)_\(following)"
    }
    return numbered(base, "_")
  }

  // MARK: - Rules

  private static func lowered(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    scalar.properties.lowercaseMapping.unicodeScalars
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func isNumber(_ scalar: Unicode.Scalar, decimalOnly: Bool) -> Bool {
    switch scalar.properties.generalCategory {
    case .decimalNumber: true
    case .letterNumber, .otherNumber: !decimalOnly
    default: false
    }
  }

  private static func github(_ heading: String) -> String {
    var slug = String.UnicodeScalarView()
    for unit in heading.lowercased().unicodeScalars {
      if unit == " " {
        slug.append("-")
      } else if unit == "-" || unit == "_" || isWordScalar(unit.value) {
        slug.append(unit)
      }
    }
    return String(slug)
  }

  private static func goldmark(_ line: String, _ names: GoldmarkNames) -> String {
    var slug = String.UnicodeScalarView()
    if names == .blackfriday {
      var gap = false
      for unit in line.unicodeScalars {
        guard isLetter(unit) || isNumber(unit, decimalOnly: false) else {
          gap = true
          continue
        }
        if gap, !slug.isEmpty { slug.append("-") }
        gap = false
        slug.append(contentsOf: lowered(unit))
      }
      return String(slug)
    }
    for unit in trimmed(line).unicodeScalars {
      let unit = names == .githubASCII ? withoutAccent(unit) : unit
      if unit == "-" || unit == " " {
        slug.append("-")
      } else if unit == "_" || isLetter(unit) || isNumber(unit, decimalOnly: true) {
        if names == .githubASCII, !unit.isASCII { continue }
        slug.append(contentsOf: lowered(unit))
      }
    }
    return String(slug)
  }

  private static func toc(_ heading: String, _ names: TOCNames) -> String {
    var heading = heading
    if names.hasEmoji, heading.contains(":") { heading.replace(#/:[a-z0-9_+-]+:/#, with: "") }
    // The functions of pymdownx take `<int>` for a tag, in code too.
    if !names.isASCII, heading.contains("<") { heading.replace(#/<[^>]*>/#, with: "") }
    var kept = String.UnicodeScalarView()
    for unit in heading.unicodeScalars {
      let unit = names.isASCII ? withoutAccent(unit) : unit
      if names.isASCII, !unit.isASCII { continue }
      let isSpace = unit.properties.isWhitespace
      guard unit == "-" || unit == "_" || isSpace || isLetter(unit) || isNumber(unit, decimalOnly: false)
      else { continue }
      kept.append(unit)
    }
    var text = trimmed(String(kept))
    switch names.letterCase {
    case .kept: break
    case .lower: text = text.lowercased()
    case .lowerASCII:
      text = String(
        String.UnicodeScalarView(
          text.unicodeScalars.map {
            (0x41...0x5A).contains($0.value) ? Unicode.Scalar(UInt8($0.value) | 0x20) : $0
          }))
    }
    guard names.isASCII else {
      // The functions of pymdownx put one separator for each space.
      return text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: names.separator)
    }
    var slug = String.UnicodeScalarView()
    var gap = false
    for unit in text.unicodeScalars {
      if unit.properties.isWhitespace || names.separator.unicodeScalars.elementsEqual([unit]) {
        gap = true
        continue
      }
      if gap { slug.append(contentsOf: names.separator.unicodeScalars) }
      gap = false
      slug.append(unit)
    }
    if gap { slug.append(contentsOf: names.separator.unicodeScalars) }
    return String(slug)
  }

  private static func vitePress(_ heading: String) -> String {
    let signs = Set("~`!@#$%^&*()-_+=[]{}|\\;:\"'“”‘’<>,.?/".unicodeScalars)
    var slug = String.UnicodeScalarView()
    var gap = false
    for unit in heading.unicodeScalars {
      let unit = withoutAccent(unit)
      if unit.properties.isWhitespace || signs.contains(unit) {
        gap = true
      } else if unit.value >= 0x20, !(0x300...0x36F).contains(unit.value) {
        if gap, !slug.isEmpty { slug.append("-") }
        gap = false
        slug.append(contentsOf: lowered(unit))
      }
    }
    if let first = slug.first, ("0"..."9").contains(first) { return "_" + String(slug) }
    return String(slug)
  }

  /// `é` → `e`.
  private static func withoutAccent(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar.value < 0xC0 ? scalar : Unicode.Scalar(cicu_canonical_base(scalar.value)) ?? scalar
  }
}
