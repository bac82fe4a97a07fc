import IndexFormat
import QueryEngine
import SearchModel

/// The results file: times by mode and class, then every query with its answers.
struct QueryReport {
  let directory: String
  let searcher: Searcher
  let queries: [TimedQuery]
  /// Microseconds by mode, query and round.
  let times: [TimedQuery.Mode: [[Double]]]

  func write(to json: inout JSONWriter) throws {
    try json.object { json in
      json.field("engine", "search")
      json.field("version", "format 2")
      json.field("index", directory)
      json.field("docs", searcher.snapshot.segments.reduce(0) { $0 + $1.documentCount })
      json.field("segments", searcher.snapshot.segments.count)
      json.key("modes")
      summaries(&json) { $0.min() ?? 0 }
      json.key("modes_med")
      summaries(&json) { percentile($0, 0.5) }
      json.key("queries")
      try json.array { json in
        for (index, query) in queries.enumerated() { try write(query, index, to: &json) }
      }
    }
  }

  private func summaries(_ json: inout JSONWriter, of figure: ([Double]) -> Double) {
    json.object { json in
      for mode in TimedQuery.Mode.allCases {
        guard let rounds = times[mode] else { continue }
        var classes: [String: [Double]] = [:]
        for (query, values) in zip(queries, rounds) {
          for name in [query.queryClass, "ALL:" + query.operation] {
            classes[name, default: []].append(figure(values))
          }
        }
        json.key(mode.rawValue)
        json.object { json in
          for (name, values) in classes.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.object { json in
              json.field("n", values.count)
              for (key, value) in [
                ("mean", values.reduce(0, +) / Double(values.count)), ("p50", percentile(values, 0.5)),
                ("p90", percentile(values, 0.9)), ("p99", percentile(values, 0.99)),
                ("max", values.max() ?? 0),
              ] {
                json.key(key)
                json.number(value)
              }
            }
          }
        }
      }
    }
  }

  private func write(_ query: TimedQuery, _ index: Int, to json: inout JSONWriter) throws {
    let top = try query.top(10, on: searcher)
    let count = try query.count(on: searcher)
    let categories = try query.categories(on: searcher)
    try json.object { json in
      json.field("qid", query.id)
      json.field("class", query.queryClass)
      json.field("op", query.operation)
      json.field("q", query.text)
      json.field("count", count)
      json.key("top")
      try json.array { json in
        for hit in top {
          let key = try searcher.snapshot.segments[hit.segment].keys.id(of: Int(hit.document))
          json.array { json in
            json.string(key)
            json.number(Double(hit.score))
          }
        }
      }
      json.key("facets")
      json.array { json in
        for category in categories {
          json.array { json in
            json.string(category.value)
            json.number(category.count)
          }
        }
      }
      json.key("us")
      json.object { json in
        for mode in TimedQuery.Mode.allCases {
          guard let values = times[mode]?[index] else { continue }
          json.key(mode.rawValue)
          json.array { json in
            json.number(values.min() ?? 0)
            json.number(percentile(values, 0.5))
          }
        }
      }
    }
  }
}
