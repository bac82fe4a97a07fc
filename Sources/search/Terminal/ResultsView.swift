import SearchModel

/// An answer as people read it in a terminal.
struct ResultsView {
  let style: Style

  func lines(_ results: SearchResults, offset: Int) -> [String] {
    var lines = [heading(results)]
    if let suggestion = results.suggestion {
      lines.append("Did you mean: \(Output.harmless(suggestion.query))")
    }
    for (number, hit) in results.hits.enumerated() {
      lines.append("")
      lines += self.lines(hit, number: offset + number + 1)
    }
    for facet in results.facets where !facet.counts.isEmpty {
      let shown = facet.counts.prefix(12).map { "\(Output.harmless($0.value)) \($0.count)" }
      let more = facet.counts.count > 12 ? " · and \(facet.counts.count - 12) more" : ""
      lines.append("")
      lines.append(style.faint("\(facet.key.rawValue): ") + shown.joined(separator: " · ") + more)
    }
    return lines
  }

  private func heading(_ results: SearchResults) -> String {
    let time = Numbers.duration(microseconds: results.tookMicroseconds)
    switch (results.total, results.match) {
    case (0, _): return "No entry matches. \(style.faint("(\(time))"))"
    case (let total, .full):
      return "\(Numbers.grouped(total)) \(total == 1 ? "entry" : "entries") \(style.faint("(\(time))"))"
    case (let total, .some):
      return "No entry holds every part; \(Numbers.grouped(total)) \(total == 1 ? "holds" : "hold") some. \(style.faint("(\(time))"))"
    }
  }

  private func lines(_ hit: Hit, number: Int) -> [String] {
    let entry = hit.entry
    var lines = ["\(number). " + style.title(style.marked(entry.title.isEmpty ? entry.id : entry.title, hit.titleHighlights))]
    if let url = entry.url {
      let anchor = entry.anchor.map { url.contains("#") ? "" : "#" + $0 } ?? ""
      lines.append("   " + style.link(Output.harmless(url + anchor)))
    }
    var facts = entry.path.isEmpty ? entry.category : entry.path
    if let date = entry.date { facts.append(date) }
    if facts.isEmpty { facts = entry.sources }
    let partial = hit.match == .some ? "  [some of the words]" : ""
    if !facts.isEmpty || !partial.isEmpty {
      lines.append("   " + style.faint(Output.harmless(facts.joined(separator: " › ")) + partial))
    }
    let snippet = style.marked(hit.snippet, hit.snippetHighlights)
    if !snippet.isEmpty { lines.append("   " + snippet) }
    return lines
  }
}
