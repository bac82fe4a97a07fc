import SearchModel
import SearchTestSupport

/// Random entries out of a small vocabulary, so that terms, facet values and ids meet often.
struct SampleEntries {
  private static let words = [
    "index", "Search", "C++", "GPT-4o", "全文搜索", "數據庫", "Rust", "indexing", "の", "검색", "v1.2.3", "的", "a",
    "WebAssembly", "http://example.org/a?b=c", "🧪", "naïve", "搜索 engine", "2024年", "零一二三四五六七八九",
  ]

  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func text(words count: Int) -> String {
    (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
  }

  private mutating func some(_ name: String, upTo count: Int) -> [String] {
    (0..<4).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.prefix(count).map { "\(name) \($0)" }
  }

  private mutating func date() -> String? {
    guard Bool.random(using: &random) else { return nil }
    return "202\(Int.random(in: 0...9, using: &random))-11-0\(Int.random(in: 1...9, using: &random))"
  }

  mutating func entry(_ id: String, kind: Entry.Kind, words count: Int = 12) -> Entry {
    Entry(
      id: id, kind: kind, title: text(words: Int.random(in: 0...4, using: &random)),
      text: text(words: Int.random(in: 0...count, using: &random)),
      url: Bool.random(using: &random) ? "https://example.org/\(id)" : nil,
      anchor: Bool.random(using: &random) ? "section" : nil, path: some("part", upTo: 2),
      category: some("category", upTo: 4), tags: some("tag", upTo: 4), date: date(),
      lang: ["en", "zh", "und"].randomElement(using: &random) ?? "und", sources: some("file", upTo: 4),
      description: text(words: Int.random(in: 0...2, using: &random)),
      author: Bool.random(using: &random) ? "Somebody" : "", keywords: some("keyword", upTo: 2))
  }

  /// Entries of all kinds under few ids, so that some replace and some unite.
  mutating func mixture(_ count: Int, ids idCount: Int, words: Int = 12) -> [Entry] {
    (0..<count).map { _ in
      let kind = [Entry.Kind.item, .item, .page, .heading].randomElement(using: &random) ?? .item
      return entry("id-\(Int.random(in: 0..<idCount, using: &random))", kind: kind, words: words)
    }
  }
}
