import ArgumentParser
import IndexFormat
import QueryEngine
import SearchModel
import TextAnalysis

struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Show the tokens of a text, as indexed or as queried.",
    discussion: """
      As queried, the words of Chinese come with their source: ICU's dictionary, the user dictionary, or the
      site, when there is an index. A character that no dictionary has as a word is "character".
      """)

  @OptionGroup var options: IndexOptions
  @Flag(help: "As a query is read: words, stems and forms.") var query = false
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: "The text.") var text: [String]

  func run() throws {
    let text = text.joined(separator: " ")
    let rows = query ? try queried(text) : try indexed(text)
    guard json else {
      for row in rows {
        let source = row.source.map { "\t" + $0 } ?? ""
        Output.print(
          "\(row.position)\t\(row.range.lowerBound)-\(row.range.upperBound)\t\(row.kind)\t\(Output.harmless(row.term))\(source)"
        )
      }
      return
    }
    var writer = JSONWriter()
    writer.object { json in
      json.field("text", text)
      json.key("tokens")
      json.array { json in
        for row in rows {
          json.object { json in
            json.field("term", row.term)
            json.field("kind", row.kind)
            json.field("position", row.position)
            json.key("range")
            json.array { json in
              json.number(row.range.lowerBound)
              json.number(row.range.upperBound)
            }
            if let source = row.source { json.field("source", source) }
          }
        }
      }
    }
    Output.print(writer.bytes)
  }

  private struct Row {
    var term: String
    var kind: String
    var position: Int
    var range: Range<Int>
    /// Of words of Chinese: where the word comes from.
    var source: String?
  }

  private func indexed(_ text: String) throws -> [Row] {
    var buffer = TokenBuffer()
    try Analyzer().analyze(text, into: &buffer)
    return buffer.tokens.map { token in
      Row(
        term: String(decoding: buffer.term(of: token), as: UTF8.self), kind: Self.name(token.kind),
        position: Int(token.position), range: Int(token.start)..<Int(token.end))
    }
  }

  /// Words of Han runs; parts, stems and forms of Latin chunks; the position counts words and parts.
  private func queried(_ text: String) throws -> [Row] {
    let analyzer = try Analyzer()
    let searcher = try index()
    var rows: [Row] = []
    var position = 0
    for chunk in analyzer.chunks(of: text) {
      switch chunk {
      case .han(let run):
        let words = try searcher?.words(in: run.characters) ?? analyzer.segment(run.characters)
        for (word, origin) in words.map({ ($0.range, $0.origin) }) {
          let term = run.text(word)
          let range = run.ranges[word.lowerBound].lowerBound..<run.ranges[word.upperBound - 1].upperBound
          rows.append(
            Row(
              term: term, kind: StopWords.contains(term) ? "stop word" : "word", position: position,
              range: range, source: origin.rawValue))
          position += 1
        }
      case .latin(let latin):
        let first = position
        for part in latin.parts {
          rows.append(Row(term: part.text, kind: "latin", position: position, range: part.range))
          if let stem = part.stem {
            rows.append(Row(term: stem, kind: "stem", position: position, range: part.range))
          }
          position += 1
        }
        for form in latin.forms where latin.parts.count > 1 {
          rows.append(
            Row(term: form, kind: latin.isVersion ? "version" : "form", position: first, range: latin.range))
        }
      }
    }
    return rows
  }

  /// The index, for the words of its site; without one there are none.
  private func index() throws -> Searcher? {
    do {
      return try Searcher(in: options.directory, analysis: try options.settings.analysisOptions())
    } catch is IndexOpenError {
      return nil
    }
  }

  private static func name(_ kind: TokenKind) -> String {
    switch kind {
    case .han: "han"
    case .hanPair: "pair"
    case .latin: "latin"
    case .stem: "stem"
    case .form: "form"
    }
  }
}
