import ArgumentParser
import FoundationEssentials
import IndexFormat
import IndexStorage
import QueryEngine
import SearchModel
import TextAnalysis

/// What completions take, and what each feature of the ranking and each of the owner's options adds to a search.
struct FeatureBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Time completions, and what each feature adds to a search.",
    discussion: """
      Everything is asked of an index made with --analyzer default; what is typed comes from its own titles. Figures are \
      microseconds of this thread's processor time: other work on the machine counts little. What a feature adds is the \
      median over the queries of the difference between a search with everything and one without it, best rounds, taking \
      turns.
      """)

  @Argument(help: "Index directory.") var directory: String
  @Option(help: "Synonyms to measure, as the product reads them.") var synonyms: String?
  @Option(help: "Titles to type from.") var titles = 300
  @Option(help: "Timed rounds; the best of each query counts.") var rounds = 7
  @Flag(help: "Time completions and mistyped words alone.") var onlyTyping = false

  func run() throws {
    let snapshot = try IndexSnapshot(in: IndexDirectory(path: directory))
    let titles = try Self.titles(of: snapshot, count: titles)
    print("| completions of | mean µs | median | 95 % | most |\n|---|---:|---:|---:|---:|")
    for (name, texts) in Self.prefixes(of: titles) { try completions(of: texts, named: name, snapshot) }
    print("\n| what was meant by | mean µs | median | 95 % | most |\n|---|---:|---:|---:|---:|")
    for letters in [5...8, 9...20] { try corrections(of: letters, snapshot) }
    if onlyTyping { return }
    print("\n| a search | median µs | 95 % | adds, median |\n|---|---:|---:|---:|")
    try searches(titles.map(Self.beginning), snapshot)
  }

  // MARK: What is typed

  /// Titles of documents at even distances.
  private static func titles(of snapshot: IndexSnapshot, count: Int) throws -> [String] {
    guard let segment = snapshot.segments.max(by: { $0.documentCount < $1.documentCount }) else { return [] }
    let stored = try segment.storedFields()
    let step = max(1, segment.documentCount / max(1, count))
    return try stride(from: 0, to: segment.documentCount, by: step).compactMap {
      let title = try segment.entry($0, from: stored).title
      return title.isEmpty ? nil : title
    }
  }

  private static func isChinese(_ text: String) -> Bool {
    text.unicodeScalars.contains { PinyinReadings.characters.contains($0.value) }
  }

  private static func prefixes(of titles: [String]) -> [(String, [String])] {
    let chinese = titles.filter(isChinese)
    return (1...4).map { length in ("\(length) characters", titles.map { String($0.prefix(length)) }) } + [
      ("8 characters", titles.map { String($0.prefix(8)) }),
      ("3 characters in pinyin", chinese.map { spelled($0.prefix(3), initials: false) }),
      ("4 initials", chinese.map { spelled($0.prefix(4), initials: true) }),
    ]
  }

  private static func spelled(_ text: Substring, initials: Bool) -> String {
    text.unicodeScalars.map { scalar in
      var readings = PinyinReadings(of: scalar.value)
      guard let syllable = readings.next()?.text else { return String(scalar) }
      return initials ? String(syllable.prefix(1)) : syllable
    }.joined()
  }

  /// As much of a title as somebody would type: six Chinese characters, three other words.
  private static func beginning(of title: String) -> String {
    isChinese(title) ? String(title.prefix(6)) : title.split(separator: " ").prefix(3).joined(separator: " ")
  }

  // MARK: Timing

  private func completions(of texts: [String], named name: String, _ snapshot: IndexSnapshot) throws {
    let analyzer = try Analyzer()
    let table = CompletionTable(snapshot)
    try time(Array(Set(texts)).sorted(), named: name) {
      _ = try table.completions(of: $0, limit: 10, analyzer: analyzer)
    }
  }

  /// Prints a row of what asking each text takes, best rounds.
  private func time(_ texts: [String], named name: String, _ ask: (String) throws -> Void) throws {
    var best = [Double](repeating: .infinity, count: texts.count)
    for _ in 0..<rounds {
      for (place, text) in texts.enumerated() {
        best[place] = min(best[place], try microseconds { try ask(text) })
      }
    }
    let slowest = best.indices.max { best[$0] < best[$1] }.map { texts[$0] } ?? ""
    print(
      "| \(name) | \(rounded(best.reduce(0, +) / Double(max(1, best.count)))) | \(rounded(percentile(best, 0.5))) | \(rounded(percentile(best, 0.95))) | \(rounded(best.max() ?? 0)) (\(slowest)) |"
    )
  }

  /// Words of the index, each with one letter changed.
  private func corrections(of letters: ClosedRange<Int>, _ snapshot: IndexSnapshot) throws {
    let typed = try Self.titles(of: snapshot, count: titles).flatMap { $0.lowercased().split(separator: " ") }
      .filter { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) } && letters.contains($0.utf8.count) }
      .map { word in
        var bytes = Array(word.utf8)
        bytes[bytes.count / 2] = bytes[bytes.count / 2] == 0x71 ? 0x78 : 0x71
        return String(decoding: bytes, as: UTF8.self)
      }
    let finder = TypoFinder(snapshot: snapshot)
    try time(Array(Set(typed)).sorted(), named: "\(letters.lowerBound) to \(letters.upperBound) letters") {
      _ = try finder.correction(of: $0)
    }
  }

  private func searches(_ queries: [String], _ snapshot: IndexSnapshot) throws {
    var searchers: [(String, Searcher)] = [("with everything", try Searcher(snapshot))]
    for feature in ScoreFeatures.names {
      searchers.append(("without " + feature, try Searcher(snapshot, leavingOut: [feature])))
    }
    let recency = SearchOptions(recency: Recency(halfLife: 365))
    searchers.append(("with recency", try Searcher(snapshot, options: recency)))
    let pins = SearchOptions(pins: Pins(queries.map { .init(queries: [$0], targets: ["/"]) }))
    searchers.append(("with pins for each query", try Searcher(snapshot, options: pins)))
    if let synonyms {
      let list = try String(contentsOfFile: synonyms, encoding: .utf8)
      let options = SearchOptions(synonyms: try Synonyms(parsing: list))
      searchers.append(("with synonyms", try Searcher(snapshot, options: options)))
    }
    var best = [[Double]](
      repeating: [Double](repeating: .infinity, count: queries.count), count: searchers.count)
    for round in 0..<rounds {
      for (place, query) in queries.enumerated() {
        // Whoever comes first finds the lists of the query far from the processor.
        for offset in searchers.indices {
          let number = (round + offset) % searchers.count
          let searcher = searchers[number]
          let time = try microseconds { _ = try searcher.1.search(SearchRequest(text: query)) }
          best[number][place] = min(best[number][place], time)
        }
      }
    }
    for (number, searcher) in searchers.enumerated() {
      let differences = zip(best[0], best[number]).map {
        searcher.0.hasPrefix("without") ? $0 - $1 : $1 - $0
      }
      print(
        "| \(searcher.0) | \(rounded(percentile(best[number], 0.5))) | \(rounded(percentile(best[number], 0.95))) | \(number == 0 ? "" : rounded(percentile(differences, 0.5))) |"
      )
    }
  }

  private func rounded(_ value: Double) -> String { String(Int(value.rounded())) }

  private func microseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = processorNanoseconds()
    try body()
    return Double(processorNanoseconds() - start) / 1_000
  }
}
