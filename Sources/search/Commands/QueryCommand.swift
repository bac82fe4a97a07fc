import ArgumentParser
import QueryEngine
import SearchModel
import SiteConfiguration

struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Print the best entries for a query.",
    discussion: """
      TEXT is words, "an exact run", -excluded, word*, title:word, category:"…",
      tag:…, lang:en, source:path, after:2022-01, before:2023.
      Put -- before a text that begins with a dash.
      """)

  /// Ten times what the endpoint gives a query: here nobody else waits, but no script hangs.
  static let timeLimit = Duration.seconds(10)

  @OptionGroup var options: IndexOptions
  @OptionGroup var ranking: RankingOptions
  @Option(name: .shortAndLong, help: "Print at most this many entries, 1 to 1000 (default: 10).")
  var limit: Int?
  @Option(help: "Leave out this many of the best (0 to 10000).") var offset = 0
  @Option(
    name: .customLong("facet"),
    help: ArgumentHelp("Only entries with this value; repeatable.", valueName: "key=value"))
  var chosen: [String] = []
  @Option(help: ArgumentHelp("Facets to count (default: category).", valueName: "key,key"))
  var facets: String?
  @Option(help: "Order: relevance or date.") var sort = SearchRequest.Order.relevance
  @Option(name: .customLong("per-page"), help: "At most this many entries of one page (1 to 1000).")
  var perPage: Int?
  @Flag(help: "Say for each entry how its score comes about.") var explain = false
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: "What to look for.") var text: [String]

  func validate() throws { _ = try request() }

  private func request() throws -> SearchRequest {
    let settings = options.settings
    let limit = limit ?? settings.queryLimit
    guard SearchRequest.limits.contains(limit) else {
      throw ValidationError("--limit is \(limit); choose 1 to 1000.")
    }
    guard SearchRequest.offsets.contains(offset) else {
      throw ValidationError("--offset is \(offset); choose 0 to 10000.")
    }
    if let perPage, !SearchRequest.limits.contains(perPage) {
      throw ValidationError("--per-page is \(perPage); choose 1 to 1000.")
    }
    let query = text.joined(separator: " ")
    guard query.utf8.count <= SearchRequest.maximumTextBytes else {
      throw ValidationError(
        "the query has \(query.utf8.count) bytes; the limit is \(SearchRequest.maximumTextBytes).")
    }
    var filters: [FacetKey: [String]] = [:]
    for choice in chosen {
      guard let sign = choice.firstIndex(of: "=") else {
        throw ValidationError("--facet \(choice) has no value; write --facet category=最佳实践.")
      }
      filters[try Self.key(String(choice[..<sign])), default: []].append(
        String(choice[choice.index(after: sign)...]))
    }
    let names = facets.map { $0.split(separator: ",").map(String.init) } ?? settings.facets
    let keys = try names.map(Self.key)
    return SearchRequest(
      text: query, limit: limit, offset: offset, filters: filters, facets: keys, order: sort,
      perPage: perPage)
  }

  private static func key(_ name: String) throws -> FacetKey {
    guard let key = FacetKey(rawValue: name) else {
      let known = FacetKey.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no facet \(name); choose from \(known).")
    }
    return key
  }

  func run() throws { try answer(within: Self.timeLimit) }

  /// - Throws: `Deadline.Passed` when the search takes longer.
  func answer(within timeLimit: Duration) throws {
    let request = try request()
    let searcher = try Searcher(
      in: options.directory, analysis: try options.settings.analysisOptions(),
      options: try ranking.searchOptions(options.settings))
    let results = try searcher.search(request, deadline: Deadline(.now + timeLimit))
    if json {
      Output.print(results.json())
    } else {
      let view = ResultsView(style: Style(isOn: options.color.isOn))
      Output.print(view.lines(results, offset: offset).joined(separator: "\n"))
      if explain {
        for hit in results.hits {
          if let explanation = try searcher.explain(request, id: hit.entry.id) {
            Output.print("")
            for line in ExplanationView.lines(explanation) { Output.print(line) }
          }
        }
      }
    }
    if results.total == 0, results.hits.isEmpty { throw ExitCode(ExitStatus.nothingFound) }
  }
}

extension SearchRequest.Order: ExpressibleByArgument {}
