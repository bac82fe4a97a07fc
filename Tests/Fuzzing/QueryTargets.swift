import IndexFormat
import SearchModel
import SearchTestSupport

@testable import ContentIngest
@testable import QueryEngine
@testable import TextAnalysis

/// Any bytes, as indexed and as queried: tokens lie in the text and in order.
func analyzerTarget() throws -> FuzzTarget {
  let analyzer = try Analyzer()
  let general = try Analyzer()
  general.isFast = false
  return { input in
    let bytes = Array(input)
    var fast = TokenBuffer()
    var plain = TokenBuffer()
    bytes.withUnsafeBufferPointer { text in
      analyzer.analyze(utf8: text, into: &fast)
      general.analyze(utf8: text, into: &plain)
    }
    require(fast.tokens.count == plain.tokens.count, "the fast walk and the general one differ")
    var position: UInt32 = 0
    for token in fast.tokens {
      require(token.start < token.end && Int(token.end) <= bytes.count, "a token outside the text")
      require(token.position >= position, "positions that descend")
      require((1...255).contains(token.termLength), "a term of \(token.termLength) bytes")
      require(Int(token.termStart) + Int(token.termLength) <= fast.bytes.count, "a term outside the bytes")
      position = token.position
    }
    let text = String(decoding: bytes, as: UTF8.self)
    _ = analyzer.foldedKey(of: text)
    if bytes.count <= SearchRequest.maximumTextBytes { _ = analyzer.chunks(of: text) }
  }
}

/// A query as typed: the whole way to the JSON of the answer, and completions.
func queryTarget() throws -> FuzzTarget {
  let site = try SmallSite()
  let snapshot = try IndexSnapshot(in: site.directory)
  let options = SearchOptions(
    synonyms: try Synonyms(parsing: "k8s, kubernetes\n多集群 => multi-cluster\n工具, tool, kit"),
    pins: try Pins(parsing: "安装, install => /e/4"))
  let searcher = try Searcher(snapshot, options: options)
  let analyzer = try Analyzer()
  let completions = CompletionTable(snapshot)
  return { input in
    let text = String(decoding: input, as: UTF8.self)
    let request = SearchRequest(text: text, limit: 10, facets: FacetKey.allCases)
    let results = try searcher.search(request)
    checkJSON(results.json())
    for hit in results.hits {
      check(hit.titleHighlights, in: hit.entry.title)
      check(hit.snippetHighlights, in: hit.snippet)
    }
    require(results.hits.count <= 10 && results.total <= snapshot.entryCount, "more than there is")
    if let id = results.hits.first?.entry.id { _ = try searcher.explain(request, id: id) }
    checkJSON(try completions.completions(of: text, limit: 10, analyzer: analyzer).json())
    withExtendedLifetime(site) {}
  }
}

/// Marks stand in order and apart, on borders of code points.
private func check(_ marks: [Range<Int>], in text: String) {
  let bytes = Array(text.utf8)
  var last = -1
  for mark in marks {
    require(mark.lowerBound > last && !mark.isEmpty && mark.upperBound <= bytes.count, "marks out of place")
    for border in [mark.lowerBound, mark.upperBound] where border < bytes.count {
      require(bytes[border] & 0xC0 != 0x80, "a mark inside a character")
    }
    last = mark.upperBound
  }
}

func checkJSON(_ bytes: [UInt8]) {
  var parser = JSONObjectParser()
  guard UTF8Text.firstInvalidByte(in: bytes.span) == nil, (try? parser.object(in: bytes.span)) != nil else {
    fatalError("no JSON: \(String(decoding: bytes, as: UTF8.self))")
  }
}
