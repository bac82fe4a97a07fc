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
      return
        "No entry holds every part; \(Numbers.grouped(total)) \(total == 1 ? "holds" : "hold") some. \(style.faint("(\(time))"))"
    }
  }

  private func lines(_ hit: Hit, number: Int) -> [String] {
    let entry = hit.entry
    var lines = [
      "\(number). "
        + style.title(style.marked(entry.title.isEmpty ? entry.id : entry.title, hit.titleHighlights))
    ]
    // A page of the site itself has no address yet: the file says where it is.
    let anchor = entry.anchor.map { "#" + $0 } ?? ""
    if let url = entry.url {
      lines.append("   " + style.link(Output.harmless(url.contains("#") ? url : url + anchor)))
    } else if let source = entry.sources.first {
      lines.append("   " + style.link(Output.harmless(source + anchor)))
    }
    let path = (entry.path.isEmpty ? entry.category : entry.path).joined(separator: " › ")
    var facts = [path, entry.date ?? ""].filter { !$0.isEmpty }
    if hit.isPinned { facts.append("[pinned]") }
    if hit.match == .some { facts.append("[some of the words]") }
    if !facts.isEmpty { lines.append("   " + style.faint(Output.harmless(facts.joined(separator: "  ")))) }
    let snippet = style.marked(hit.snippet, hit.snippetHighlights)
    if !snippet.isEmpty { lines.append("   " + snippet) }
    return lines
  }
}
