import ArgumentParser
import FoundationEssentials
import SearchModel

/// Draws queries from a corpus of ready-made tokens, the same for the same seed.
struct QueriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queries", abstract: "Draw queries from a corpus of ready-made tokens.",
    discussion: """
      Thirteen classes: terms in more than 5 %, in .5 to 5 % and in less of the documents; two, three and more words
      that stand near each other in a document, all of them and any of them; phrases; words that stand nowhere.
      """)

  @Argument(help: "JSONL whose title and text are tokens between single spaces.") var corpus: String
  @Argument(help: "File to write: id, class, operation and tokens, with tabs.") var output: String
  @Option(help: "Queries of a class.") var count = 50
  @Option(help: "Another seed gives other queries.") var seed: UInt64 = 7

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--count is \(count); choose 1 to 100000.")
    }
  }

  func run() throws {
    var draw = try QueryDraw(from: Corpus(path: corpus), seed: seed)
    let lines = draw.queries(ofEachClass: count).enumerated().map { number, query in
      "q\(number)\t\(query.name)\t\(query.operation)\t\(query.tokens.joined(separator: " "))\n"
    }
    try Data(lines.joined().utf8).write(to: URL(filePath: output))
  }
}

/// Words and a sample of documents of a corpus, and what is drawn from them.
private struct QueryDraw {
  struct Drawn {
    let name: String
    let operation: String
    let tokens: [String]
  }

  private static let sampleCount = 4_000
  private static let longestSample = 3_000
  private static let longestWord = 40
  /// Words of a query stand within as many of a document.
  private static let neighbourhood = 12

  private var frequency: [String: Int] = [:]
  private var documentCount = 0
  private var sample: [[String]] = []
  private var random: SplitMix64
  private var drawn: [Drawn] = []
  private var seen: Set<[String]> = []

  init(from corpus: Corpus, seed: UInt64) throws {
    random = SplitMix64(state: seed)
    var longEnough = 0
    try corpus.read { entry in
      var tokens: [String] = []
      entry.forEachToken { tokens.append(String(decoding: $0, as: UTF8.self)) }
      documentCount += 1
      for token in Set(tokens) { frequency[token, default: 0] += 1 }
      guard tokens.count >= Self.neighbourhood else { return }
      // A reservoir: every document is as likely as any other.
      longEnough += 1
      if sample.count < Self.sampleCount {
        sample.append(Array(tokens.prefix(Self.longestSample)))
      } else {
        let place = Int.random(in: 0..<longEnough, using: &random)
        if place < sample.count { sample[place] = Array(tokens.prefix(Self.longestSample)) }
      }
    }
  }

  mutating func queries(ofEachClass count: Int) -> [Drawn] {
    terms("term_hi", above: 0.05, upTo: 1, count)
    terms("term_mid", above: 0.005, upTo: 0.05, count)
    terms("term_lo", above: 0, upTo: 0.005, count)
    for (size, lengths) in [("2", 2...2), ("3", 3...3), ("4+", 4...6)] {
      for _ in 0..<count {
        guard let tokens = neighbours(Int.random(in: lengths, using: &random)) else { continue }
        add(Drawn(name: "and" + size, operation: "and", tokens: tokens))
        add(Drawn(name: "or" + size, operation: "or", tokens: tokens))
      }
    }
    for (size, length) in [("2", 2), ("3", 3), ("4+", 4)] { phrases("phrase" + size, length, count) }
    for number in 0..<10 { add(Drawn(name: "miss", operation: "miss", tokens: ["zzqxnosuchword\(number)"])) }
    return drawn
  }

  @discardableResult
  private mutating func add(_ query: Drawn) -> Bool {
    let isNew = seen.insert([query.operation] + query.tokens).inserted
    if isNew { drawn.append(query) }
    return isNew
  }

  private func isUsable(_ token: String, from least: Int) -> Bool {
    (frequency[token] ?? 0) >= least && token.unicodeScalars.count <= Self.longestWord
  }

  private mutating func terms(_ name: String, above low: Double, upTo high: Double, _ count: Int) {
    let total = Double(documentCount)
    var tokens = frequency.filter { token, documents in
      isUsable(token, from: 5) && Double(documents) > low * total && Double(documents) <= high * total
    }.map(\.key).sorted()
    tokens.shuffle(using: &random)
    for token in tokens.prefix(count) { add(Drawn(name: name, operation: "term", tokens: [token])) }
  }

  /// Different words of one neighbourhood, as those of a person's query are; nil where the corpus has none.
  private mutating func neighbours(_ count: Int) -> [String]? {
    for _ in 0..<400 {
      guard let tokens = sample.randomElement(using: &random) else { return nil }
      let start = Int.random(in: tokens.indices, using: &random)
      var words: [String] = []
      for token in tokens[start..<min(start + Self.neighbourhood, tokens.count)]
      where isUsable(token, from: 10) && Double(frequency[token] ?? 0) < 0.9 * Double(documentCount)
        && !words.contains(token)
      {
        words.append(token)
      }
      guard words.count >= count else { continue }
      words.shuffle(using: &random)
      return Array(words.prefix(count))
    }
    return nil
  }

  private mutating func phrases(_ name: String, _ length: Int, _ count: Int) {
    var found = 0
    for _ in 0..<count * 60 where found < count {
      guard let tokens = sample.randomElement(using: &random) else { return }
      let start = Int.random(in: 0...(tokens.count - length), using: &random)
      let phrase = Array(tokens[start..<start + length])
      if phrase.allSatisfy({ isUsable($0, from: 5) }),
        add(Drawn(name: name, operation: "phrase", tokens: phrase))
      {
        found += 1
      }
    }
  }
}
