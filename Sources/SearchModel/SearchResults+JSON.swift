extension SearchResults {
  /// The one shape of an answer, in the terminal and over HTTP.
  package func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("query")
      json.string(query)
      json.key("match")
      json.string(match.rawValue)
      json.key("total")
      json.number(total)
      json.key("took_us")
      json.number(tookMicroseconds)
      json.key("commit")
      json.number(commit)
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
          json.key("kind")
          json.string(suggestion.kind.rawValue)
          json.key("query")
          json.string(suggestion.query)
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
      json.key("id")
      json.string(entry.id)
      json.key("kind")
      json.string(entry.kind.name)
      json.key("match")
      json.string(match.rawValue)
      json.key("title")
      json.string(entry.title)
      json.key("title_html")
      json.string(markedHTML(entry.title, titleHighlights))
      json.key("url")
      json.string(entry.url)
      json.key("anchor")
      json.string(entry.anchor)
      json.key("path")
      json.strings(entry.path)
      json.key("category")
      json.strings(entry.category)
      json.key("tags")
      json.strings(entry.tags)
      json.key("lang")
      json.string(entry.lang)
      json.key("date")
      json.string(entry.date)
      json.key("sources")
      json.strings(entry.sources)
      json.key("score")
      json.number(score)
      json.key("snippet")
      json.string(markedHTML(snippet, snippetHighlights))
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
      json.key("value")
      json.string(value)
      json.key("count")
      json.number(count)
    }
  }
}
