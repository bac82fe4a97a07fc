extension Entry {
  /// One line of JSONL, without its end: `id`, `kind`, `title` and `text`, and of the rest what there is.
  ///
  /// The reader of JSONL makes an equal entry of it.
  package func jsonLine() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("id", id)
      json.field("kind", kind.name)
      json.field("title", title)
      json.field("text", text)
      for (name, value) in [("url", url), ("anchor", anchor), ("date", date)] {
        if let value { json.field(name, value) }
      }
      json.field("lang", lang)
      for (name, values) in [
        ("path", path), ("category", category), ("tags", tags), ("sources", sources), ("keywords", keywords),
        ("pins", pins),
      ] where !values.isEmpty { json.field(name, values) }
      for (name, value) in [("description", description), ("author", author)] where !value.isEmpty {
        json.field(name, value)
      }
      if boost != 1 { json.field("boost", boost) }
    }
    return json.bytes
  }
}
