import QueryEngine
import SearchModel

/// What lets browsers offer this search in their address bar: OpenSearch 1.1.
enum BrowserDescription {
  static let type = "application/opensearchdescription+xml"
  static let suggestionsType = "application/x-suggestions+json"

  /// XML escapes what HTML escapes.
  static func reply(_ base: BaseURL, _ texts: PageTexts) -> Reply {
    var xml = HTMLWriter()
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    xml.raw("<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>")
    xml.text(texts.title)
    xml.raw("</ShortName>\n<Description>")
    xml.text(texts.placeholder)
    xml.raw("</Description>\n<InputEncoding>UTF-8</InputEncoding>\n<Url type=\"text/html\"")
    xml.attribute("template", "\(base)?q={searchTerms}")
    xml.raw("/>\n<Url")
    xml.attribute("type", suggestionsType)
    xml.attribute("template", "\(base)suggest?q={searchTerms}&format=opensearch")
    xml.raw("/>\n</OpenSearchDescription>\n")
    var reply = Reply(type: type, body: xml.bytes)
    reply.vary(on: "Accept-Language")
    return reply
  }

  /// `[query, [completions], [descriptions], [addresses]]`. Without addresses: a browser then searches for what
  /// was chosen, which is what a relative address of the site would not do.
  static func suggestions(_ found: Completions) -> Reply {
    var json = JSONWriter()
    json.array { json in
      json.string(found.query)
      json.strings(found.suggestions.map(\.text))
      json.strings([])
      json.strings([])
    }
    return .json(json.bytes, type: suggestionsType)
  }
}
