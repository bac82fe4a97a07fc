import SearchModel

/// A text of the index that goes on from what somebody has typed.
package struct Completion: Equatable, Sendable {
  package enum Kind: String, Sendable {
    /// The title of an entry: page, section or item.
    case title
    case tag
    /// A Latin word that is frequent in the index, or Chinese that several titles hold; folded.
    case word
  }

  package var text: String
  package var kind: Kind
  /// Where the text leads; nil for tags and words, and for titles that several places share.
  package var url: String?

  package init(text: String, kind: Kind, url: String? = nil) {
    self.text = text
    self.kind = kind
    self.url = url
  }
}

/// The answer to a prefix.
package struct Completions: Equatable, Sendable {
  package var query: String
  package var suggestions: [Completion]
  package var commit: Int

  package init(query: String, suggestions: [Completion], commit: Int) {
    self.query = query
    self.suggestions = suggestions
    self.commit = commit
  }

  /// The one shape of an answer, in the terminal and over HTTP.
  package func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("query", query)
      json.key("suggestions")
      json.array { json in
        for suggestion in suggestions {
          json.object { json in
            json.field("text", suggestion.text)
            json.field("kind", suggestion.kind.rawValue)
            json.field("url", suggestion.url)
          }
        }
      }
      json.field("commit", commit)
    }
    return json.bytes
  }
}
