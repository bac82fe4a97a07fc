package import SearchModel
package import TextAnalysis

/// What a query text asks for, before any index is looked at.
package struct Query: Equatable, Sendable {
  /// Where a part has to stand.
  package enum Scope: Equatable, Sendable {
    case anywhere
    case title
  }

  /// One thing that a full match holds.
  package struct Part: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
      /// A Han run or Latin chunk as typed.
      case chunk(QueryChunk)
      /// Quoted: every character and part, next to each other.
      case exact([QueryChunk])
      /// A word whose last part may go on: `word*`.
      case prefix(LatinChunk)

      /// UTF-8 range in the text that was analyzed.
      var range: Range<Int> {
        switch self {
        case .chunk(let chunk): chunk.range
        case .exact(let chunks):
          (chunks.first?.range.lowerBound ?? 0)..<(chunks.last?.range.upperBound ?? 0)
        case .prefix(let chunk): chunk.range
        }
      }
    }

    package var content: Content
    package var scope: Scope
    /// UTF-8 range in the query text; two parts are equal wherever they were typed.
    package var range: Range<Int>
    /// Other spellings of what was typed, each as chunks next to each other: an entry with one of them holds
    /// the part too, though not literally.
    package var spellings: [[QueryChunk]] = []
    /// Synonyms: an entry with one of them holds the part too, though not literally.
    package var alternatives: [Alternative] = []

    package init(content: Content, scope: Scope, range: Range<Int>) {
      self.content = content
      self.scope = scope
      self.range = range
    }

    package static func == (a: Part, b: Part) -> Bool { a.content == b.content && a.scope == b.scope }
  }

  /// What stands for a part, next to each other.
  package struct Alternative: Equatable, Sendable {
    /// As the owner of the site wrote it.
    package var text: String
    package var chunks: [QueryChunk]
  }

  /// A condition that has no share in the score.
  package enum Filter: Equatable, Sendable {
    /// One of the values, the first of them as typed.
    case facet(FacetKey, [String])
    /// First day that counts, as a `CalendarDay` number.
    case after(UInt32)
    /// First day that no longer counts.
    case before(UInt32)
    /// Conditions on conditions, within the limits of `SearchFilter`.
    case nested(SearchFilter)
  }

  package var parts: [Part] = []
  package var excluded: [Part] = []
  package var filters: [Filter] = []
  package var excludedFilters: [Filter] = []

  package init() {}

  package var isEmpty: Bool {
    parts.isEmpty && excluded.isEmpty && filters.isEmpty && excludedFilters.isEmpty
  }
}

/// A query that is refused because it is too large. Nothing else a person types is an error.
package enum QueryLimitError: Error, Equatable, CustomStringConvertible {
  case text(bytes: Int)
  case parts(Int)
  case expansions(prefix: String)
  case filterDepth(Int)
  case filterSize(Int)

  package var description: String {
    switch self {
    case .text(let bytes):
      "the query has \(bytes) bytes; the limit is \(SearchRequest.maximumTextBytes)"
    case .parts(let count):
      "the query has \(count) parts; the limit is \(SearchRequest.maximumParts)"
    case .expansions(let prefix):
      "\(prefix)*, with the prefixes before it, stands for more than \(SearchRequest.maximumExpansions) words; type more of it"
    case .filterDepth(let depth):
      "the filter has \(depth) levels; the limit is \(SearchFilter.depthLimit)"
    case .filterSize(let size):
      "the filter has \(size) conditions and values; the limit is \(SearchFilter.sizeLimit)"
    }
  }
}

extension Query.Part {
  /// Each alternative as a part of its own.
  var alternativeParts: [Query.Part] {
    alternatives.map { alternative in
      let content =
        alternative.chunks.count == 1 ? Content.chunk(alternative.chunks[0]) : .exact(alternative.chunks)
      return Query.Part(content: content, scope: scope, range: range)
    }
  }
}

extension QueryChunk {
  /// The chunk as it is compared: folded, Latin parts joined by spaces.
  var foldedText: String {
    switch self {
    case .han(let run): run.text
    case .latin(let chunk): chunk.parts.map(\.text).joined(separator: " ")
    }
  }
}
