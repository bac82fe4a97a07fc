/// Attributes that a client names: all of them, some, or all but some.
struct AlgoliaAttributeList: Equatable, Sendable {
  private var names: Set<String> = []
  private var excluded: Set<String> = []
  private var hasAll = false

  static let all = AlgoliaAttributeList(["*"])

  /// - Parameter names: `name`, `outer` for everything inside of it, `*`, `-name`.
  init(_ names: [String]) {
    for name in names {
      if name == "*" {
        hasAll = true
      } else if name.hasPrefix("-") {
        excluded.insert(String(name.dropFirst()))
      } else {
        self.names.insert(name)
      }
    }
    // What is only left out is left out of everything.
    if self.names.isEmpty, !excluded.isEmpty { hasAll = true }
  }

  func contains(_ name: String) -> Bool {
    let outer = name.firstIndex(of: ".").map { String(name[..<$0]) }
    func isNamed(in names: Set<String>) -> Bool {
      names.contains(name) || outer.map(names.contains) ?? false
    }
    return !isNamed(in: excluded) && (hasAll || isNamed(in: names))
  }
}

/// Attributes of which a client wants excerpts, and how long these are.
struct AlgoliaSnippets: Equatable, Sendable {
  /// Words of an excerpt of which a client says no length.
  static let wordCount = 10
  /// A longer excerpt is no excerpt.
  static let wordCounts = 1...1_000

  private var wordCounts: [String: Int] = [:]
  var isEmpty: Bool { wordCounts.isEmpty }

  /// - Parameter names: `name`, `name:words`, `*`, `*:words`.
  init(_ names: [String]) throws(AlgoliaError) {
    for name in names {
      // The last colon: none of our names has one.
      let parts = name.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard parts.count <= 2, let attribute = parts.first, !attribute.isEmpty else {
        throw .parameter("attributesToSnippet", "write it as attribute:words, for example content:15")
      }
      var count = Self.wordCount
      if parts.count == 2 {
        guard let number = Int(Substring(parts[1])), Self.wordCounts.contains(number) else {
          throw .parameter(
            "attributesToSnippet",
            "\(AlgoliaError.shortened(name)) wants a number of words from \(Self.wordCounts.lowerBound) to \(Self.wordCounts.upperBound)"
          )
        }
        count = number
      }
      wordCounts[String(Substring(attribute))] = count
    }
  }

  /// How many words of an attribute to show; nil when none of it.
  func wordCount(of name: String) -> Int? {
    let outer = name.firstIndex(of: ".").map { String(name[..<$0]) }
    return wordCounts[name] ?? outer.flatMap { wordCounts[$0] } ?? wordCounts["*"]
  }
}
