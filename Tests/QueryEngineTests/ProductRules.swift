import Foundation
import QueryEngine
import SearchModel
import TextAnalysis

/// The matching rules of the product, evaluated entry by entry on plain strings.
///
/// Han is compared with `contains` on folded text. Latin is cut by a scan for letters and digits; stems and
/// forms of an entry come from the analyzer, whose own tests hold it to its twin.
final class ProductRules {
  struct Answer: Equatable {
    var match: MatchKind
    var ids: Set<String>
  }

  struct Prepared {
    var id: String
    /// Folded title first, then every other field.
    var fields: [String]
    /// The same as bytes: Han is looked for in them, which is right because UTF-8 characters never overlap.
    var bytes: [[UInt8]]
    /// Latin parts of each field in order; nil where something breaks a phrase between Latin parts.
    var latin: [[String?]]
    /// Stems and forms.
    var others: Set<String>
    var entry: Entry
  }

  private let analyzer: Analyzer
  let entries: [Prepared]

  /// Words of a Han run, for those that stand nowhere: the engine's, which have tests of their own.
  private let words: ([UInt32]) -> [Range<Int>]

  init(_ index: TestIndex) throws {
    let entries = index.entries
    let analyzer = try Analyzer()
    self.analyzer = analyzer
    words = { characters in (try? index.searcher.words(in: characters).map(\.range)) ?? [] }
    self.entries = entries.map { entry in
      let texts =
        [entry.title, entry.text] + entry.path + entry.tags + [entry.description, entry.author]
        + entry.keywords
      let fields = texts.map { Self.fold($0, analyzer) }
      var others = Set<String>()
      for text in texts {
        var buffer = TokenBuffer()
        analyzer.analyze(text, into: &buffer)
        for token in buffer.tokens where token.kind == .stem || token.kind == .form {
          let prefix = token.kind == .stem ? "stem:" : "form:"
          others.insert(prefix + String(decoding: buffer.term(of: token), as: UTF8.self))
        }
      }
      return Prepared(
        id: entry.id, fields: fields, bytes: fields.map { Array($0.utf8) },
        latin: fields.map(Self.latinParts), others: others,
        entry: entry)
    }
  }

  /// NFKC, case and Han folded; a single line break between two Han characters is nothing.
  static func fold(_ text: String, _ analyzer: Analyzer) -> String {
    let scalars = Array(analyzer.foldedKey(of: text).unicodeScalars)
    var result = String.UnicodeScalarView()
    for (i, scalar) in scalars.enumerated() {
      if scalar == "\n", i > 0, i + 1 < scalars.count, isHan(scalars[i - 1]), isHan(scalars[i + 1]) {
        continue
      }
      result.append(scalar)
    }
    return String(result)
  }

  static func isHan(_ scalar: Unicode.Scalar) -> Bool {
    (0x3400...0x9FFF).contains(scalar.value) || (0xF900...0xFAFF).contains(scalar.value)
      || (0x20000...0x3FFFF).contains(scalar.value) || [0x3005, 0x3007].contains(scalar.value)
  }

  /// Runs of letters and digits that are not Han; nil where Han stands between two of them.
  static func latinParts(_ text: String) -> [String?] {
    var parts: [String?] = []
    var part = ""
    func close() {
      if !part.isEmpty { parts.append(part) }
      part = ""
    }
    let scalars = Array(text.unicodeScalars)
    for (i, scalar) in scalars.enumerated() {
      let next = i + 1 < scalars.count ? scalars[i + 1] : " "
      let isShort =
        (1...2).contains(part.utf8.count) && part.utf8.allSatisfy { (97...122).contains($0) }
      // C++ and C# are parts with their sign.
      if isShort, scalar == "#" || scalar == "+" && next == "+" {
        let after = scalar == "#" ? next : i + 2 < scalars.count ? scalars[i + 2] : " "
        // C++17 is C++ and 17.
        let isCounted = part.utf8.count == 1 && after.properties.numericType == .decimal
        // Han is no letter here: 用C++写.
        if isCounted || isHan(after) || !after.properties.isAlphabetic && after.properties.numericType == nil
        {
          part += scalar == "#" ? "#" : "++"
          close()
          continue
        }
      }
      if isHan(scalar) {
        close()
        if parts.last.map({ $0 != nil }) ?? false { parts.append(nil) }
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        part.unicodeScalars.append(scalar)
      } else {
        close()
      }
    }
    close()
    return parts
  }

  static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...(bytes.count - wanted.count)).contains { start in
      wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
    }
  }

  // MARK: Parts

  enum Part: Equatable {
    case han(String)
    /// With the neighbours that it would make one word with.
    case latin(LatinChunk, joined: [LatinChunk] = [])
  }

  /// A typed text cut at white space and punctuation, its Han runs settled against the entries.
  func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    let chunks = analyzer.chunks(of: text)
    let bytes = Array(text.utf8)
    /// Two single parts, or a name and its version, with nothing but white space between them, as one word.
    func joined(_ i: Int, _ j: Int) -> LatinChunk? {
      guard chunks.indices.contains(i), chunks.indices.contains(j), case .latin(let a) = chunks[i],
        case .latin(let b) = chunks[j], a.parts.count == 1, b.parts.count == 1 || b.isVersion,
        String(decoding: bytes[a.range.upperBound..<b.range.lowerBound], as: UTF8.self).allSatisfy(
          \.isWhitespace)
      else { return nil }
      let word = a.parts[0].text + b.forms[0]
      guard word.utf8.count <= 255, !word.allSatisfy({ $0.isASCII && $0.isNumber }),
        case .latin(let chunk)? = analyzer.chunks(of: word).first, chunk.forms == [word],
        chunk.isVersion == b.isVersion
      else { return nil }
      return chunk
    }
    for (i, chunk) in chunks.enumerated() {
      switch chunk {
      case .latin(let latin):
        parts.append(.latin(latin, joined: [joined(i - 1, i), joined(i, i + 1)].compactMap { $0 }))
      case .han(let run):
        if entries.contains(where: { holds($0, .han(run.text)) }) {
          parts.append(.han(run.text))
        } else {
          parts += words(run.characters).map { .han(run.text($0)) }
        }
      }
    }
    return parts
  }

  func holds(_ entry: Prepared, _ part: Part) -> Bool {
    switch part {
    case .han(let text): return entry.bytes.contains { Self.contains($0, text) }
    case .latin(let chunk, let joined):
      if joined.contains(where: { holds(entry, .latin($0)) }) { return true }
      if !chunk.pieces.isEmpty, entry.latin.contains(where: { Self.contains($0, chunk.pieces) }) {
        return true
      }
      if chunk.isVersion { return chunk.forms.contains { entry.others.contains("form:" + $0) } }
      if stands(chunk, in: entry, titleOnly: false) { return true }
      if chunk.forms.contains(where: { entry.others.contains("form:" + $0) }) { return true }
      if chunk.parts.count > 1,
        chunk.forms.contains(where: { form in entry.latin.contains { $0.contains(form) } })
      {
        return true
      }
      return chunk.parts.count == 1
        && chunk.parts[0].stem.map { entry.others.contains("stem:" + $0) } ?? false
    }
  }

  private func stands(_ chunk: LatinChunk, in entry: Prepared, titleOnly: Bool) -> Bool {
    (titleOnly ? Array(entry.latin.prefix(1)) : entry.latin).contains {
      Self.contains($0, chunk.parts.map(\.text))
    }
  }

  private static func contains(_ field: [String?], _ wanted: [String]) -> Bool {
    guard field.count >= wanted.count else { return false }
    return (0...(field.count - wanted.count)).contains {
      Array(field[$0..<($0 + wanted.count)]) == wanted.map(Optional.some)
    }
  }

  func isLiteral(_ entry: Prepared, _ part: Part, inTitle: Bool) -> Bool {
    switch part {
    case .han(let text):
      return inTitle
        ? Self.contains(entry.bytes[0], text) : entry.bytes.contains { Self.contains($0, text) }
    case .latin(let chunk, _):
      return holds(entry, part) && stands(chunk, in: entry, titleOnly: inTitle)
    }
  }

  // MARK: Answers

  func answer(_ text: String) -> Answer {
    let parts = parts(of: text)
    let full = entries.filter { entry in !parts.isEmpty && parts.allSatisfy { holds(entry, $0) } }
    if !full.isEmpty { return Answer(match: .full, ids: Set(full.map(\.id))) }
    let some = entries.filter { entry in parts.contains { holds(entry, $0) } }
    return Answer(match: .some, ids: Set(some.map(\.id)))
  }

  /// 3 literal in the title, 2 literal, 1 full, 0 less.
  func tier(_ entry: Prepared, _ parts: [Part]) -> Int {
    guard parts.allSatisfy({ holds(entry, $0) }) else { return 0 }
    if parts.allSatisfy({ isLiteral(entry, $0, inTitle: true) }) { return 3 }
    return parts.allSatisfy { isLiteral(entry, $0, inTitle: false) } ? 2 : 1
  }

  func facet(_ key: FacetKey, over ids: Set<String>) -> [FacetCount] {
    var counts: [String: Int] = [:]
    for entry in entries where ids.contains(entry.id) {
      for value in key.values(of: entry.entry) { counts[value, default: 0] += 1 }
    }
    return counts.map { FacetCount(value: $0.key, count: $0.value) }
      .sorted {
        $0.count != $1.count
          ? $0.count > $1.count : $0.value.utf8.lexicographicallyPrecedes($1.value.utf8)
      }
  }
}
