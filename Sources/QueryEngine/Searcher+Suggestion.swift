import IndexFormat
import SearchModel
import TextAnalysis

extension Searcher {
  /// An answer with fewer full matches than this may come with a suggestion.
  package static let suggestBelow = 3
  /// A word in more entries than this is meant as it is typed.
  private static let rareWord = 2
  /// How many times as many entries a correction has to find when the word as typed is in the index.
  private static let rareMistake = 20
  /// Ways to cut a word in two that are looked for, those with the more frequent words first.
  private static let mostSplits = 3

  /// Another query that finds more, when the original finds little.
  func suggestion(
    _ request: SearchRequest, plan: QueryPlan, answer: Answer, deadline: Deadline
  ) throws -> Suggestion? {
    let full = answer.match == .full ? answer.total : 0
    guard request.allowsSuggestion, full < Self.suggestBelow, request.offset == 0 else { return nil }
    do {
      let typo = try typoSuggestion(request, plan: plan, full: full, deadline: deadline)
      return try pinyinSuggestion(request, full: full, hasOther: typo != nil, deadline: deadline) ?? typo
    } catch is Deadline.Passed {
      // The answer is there; it does not wait for advice.
      return nil
    }
  }

  /// The query with its misspelt words mended.
  private func typoSuggestion(
    _ request: SearchRequest, plan: QueryPlan, full: Int, deadline: Deadline
  ) throws -> Suggestion? {
    let finder = TypoFinder(snapshot: snapshot)
    var bytes = Array(request.text.utf8)
    // A word that an entry or two hold may still be a mistake: then much more has to be found.
    var needed = full + 1
    for part in plan.parts.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      guard case .chunk(.latin(let chunk)) = part.content, chunk.parts.count == 1 else { continue }
      let word = chunk.parts[0].text
      let known = try snapshot.documentFrequency(of: TermKey.make(.latin, word))
      guard known <= Self.rareWord else { continue }
      let isKnown = try isKnown(part)
      guard let correction = try finder.correction(of: word, deadline: deadline) else {
        if !isKnown, let words = try split(word, insteadOf: request, deadline: deadline) {
          bytes.replaceSubrange(part.range, with: words.utf8)
        }
        continue
      }
      if isKnown {
        guard correction.documentFrequency >= Self.rareMistake else { continue }
        needed = max(needed, (full + 1) * Self.rareMistake)
      }
      bytes.replaceSubrange(part.range, with: correction.word.utf8)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return try fullMatches(of: text, insteadOf: request, deadline: deadline) >= needed
      ? Suggestion(kind: .typo, query: text) : nil
  }

  /// A word as two of the index that stand next to each other somewhere: `service mesh` for `servicemesh`.
  private func split(
    _ word: String, insteadOf request: SearchRequest, deadline: Deadline
  ) throws -> String? {
    guard TypoFinder.allowedEdits(word) > 0 else { return nil }
    let letters = Array(word.utf8)
    var splits: [(words: String, frequency: Int)] = []
    for place in 2..<letters.count - 1 {
      let words = [letters[..<place], letters[place...]].map { String(decoding: $0, as: UTF8.self) }
      let frequency =
        try words.map { try snapshot.documentFrequency(of: TermKey.make(.latin, $0)) }.min() ?? 0
      if frequency > 0 { splits.append((words.joined(separator: " "), frequency)) }
    }
    return try splits.sorted { $0.frequency > $1.frequency }.prefix(Self.mostSplits).map(\.words).first {
      try fullMatches(of: "\"\($0)\"", insteadOf: request, deadline: deadline) > 0
    }
  }

  /// The query with the Chinese that its letters spell.
  private func pinyinSuggestion(
    _ request: SearchRequest, full: Int, hasOther: Bool, deadline: Deadline
  ) throws -> Suggestion? {
    guard let spelt = PinyinQuery(try parser.parse(request.text), text: request.text) else { return nil }
    let finder = PinyinFinder(snapshot: snapshot, analyzer: analyzer)
    var best: PinyinFinder.Candidate?
    if spelt.pattern.isWholeSyllables {
      best = try finder.best(for: spelt.pattern, onlyFull: true, deadline: deadline)
    }
    // Initials spell too much to be put beside anything else.
    if best == nil, full == 0, !hasOther, spelt.mayBeInitials {
      best = try finder.best(for: spelt.pattern, onlyFull: false, deadline: deadline)
    }
    guard let best else { return nil }
    let text = spelt.query(with: best.text)
    return try fullMatches(of: text, insteadOf: request, deadline: deadline) > full
      ? Suggestion(kind: .pinyin, query: text) : nil
  }

  /// Full matches that another text would have; none for the same text, or one over the limit.
  private func fullMatches(
    of text: String, insteadOf request: SearchRequest, deadline: Deadline
  ) throws -> Int {
    guard text != request.text, text.utf8.count <= SearchRequest.maximumTextBytes else { return 0 }
    var better = request
    better.text = text
    better.limit = 1
    better.facets = []
    return try run(try plan(better), better, mode: .all, wanted: 0, deadline: deadline).total
  }

  /// Whether some entry holds a part.
  private func isKnown(_ part: Query.Part) throws -> Bool {
    try snapshot.segments.contains {
      try MatcherFactory(segment: $0, scratch: scratch).matcher(for: part).nextCandidate(from: 0)
        != PostingsCursor.end
    }
  }
}
