extension SearchResults {
  /// The one shape of an answer, in the terminal and over HTTP.
  package func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("query", query)
      json.field("match", match.rawValue)
      json.field("total", total)
      json.field("took_us", tookMicroseconds)
      json.field("commit", commit)
      json.key("hits")
      json.array { json in for hit in hits { hit.write(to: &json) } }
      json.key("facets")
      json.object { json in
        for facet in facets {
          json.key(facet.key.rawValue)
          json.array { json in for count in facet.counts { count.write(to: &json) } }
        }
      }
      json.key("suggestion")
      if let suggestion {
        json.object { json in
          json.field("kind", suggestion.kind.rawValue)
          json.field("query", suggestion.query)
        }
      } else {
        json.null()
      }
    }
    return json.bytes
  }
}

extension Hit {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", entry.id)
      json.field("kind", entry.kind.name)
      json.field("match", match.rawValue)
      if isPinned { json.field("pinned", true) }
      json.field("title", entry.title)
      json.field("title_html", markedHTML(entry.title, titleHighlights))
      json.field("url", entry.url)
      json.field("anchor", entry.anchor)
      json.field("path", entry.path)
      json.field("category", entry.category)
      json.field("tags", entry.tags)
      json.field("lang", entry.lang)
      json.field("date", entry.date)
      json.field("sources", entry.sources)
      json.field("score", score)
      json.field("snippet", markedHTML(snippet, snippetHighlights))
      json.key("highlights")
      json.object { json in
        json.key("title")
        write(titleHighlights, to: &json)
        json.key("snippet")
        write(snippetHighlights, to: &json)
      }
    }
  }

  private func write(_ ranges: [Range<Int>], to json: inout JSONWriter) {
    json.array { json in
      for range in ranges {
        json.array { json in
          json.number(range.lowerBound)
          json.number(range.upperBound)
        }
      }
    }
  }
}

extension FacetCount {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("value", value)
      json.field("count", count)
    }
  }
}
