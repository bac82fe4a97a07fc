import ContentIngest
import IndexFormat
import IndexStorage
import SearchModel

/// What a run of `search index` did.
struct IndexSummary {
  /// Skipped inputs that are named one by one; the rest is counted.
  static let shownSkips = 20

  var files = 0
  var entriesRead = 0
  var skipped: [SkippedInput] = []
  var entriesByKind: [(kind: String, count: Int)] = []
  var entries = 0
  var terms = 0
  var bytes = 0
  var commit = 0
  var isNewCommit = false
  var isDryRun = false
  var microseconds = 0

  /// Reads back what was published.
  mutating func measure(_ commit: Commit, isNew: Bool, in directory: IndexDirectory) throws {
    self.commit = commit.number
    isNewCommit = isNew
    let snapshot = try IndexSnapshot(in: directory)
    entries = snapshot.entryCount
    terms = snapshot.segments.reduce(0) { $0 + $1.terms.termCount }
    bytes = snapshot.segments.reduce(0) { $0 + $1.file.byteCount }
    entriesByKind = try StatusReport.counts(of: .kind, in: snapshot)
  }

  func sentence(_ skipped: SkippedInput) -> String {
    let place = Output.harmless(skipped.file) + (skipped.line.map { ":\($0)" } ?? "")
    return "skipped \(place): \(Output.harmless(skipped.reason))"
  }

  func lines(sources: SourceList) -> [String] {
    var lines: [String] = []
    let kinds = entriesByKind.map { "\(Numbers.grouped($0.count)) \($0.kind)\($0.count == 1 ? "" : "s")" }
      .joined(separator: ", ")
    if case .paths(let paths) = sources, files == 0 {
      let places = paths.map(Output.harmless).joined(separator: ", ")
      lines.append("Nothing to index in \(places): no Markdown, plain text or JSONL file.")
    }
    let verb = isDryRun ? "Would index" : "Indexed"
    var text = "\(verb) \(Numbers.grouped(entries)) \(entries == 1 ? "entry" : "entries")"
    if !kinds.isEmpty { text += " (\(kinds))" }
    if case .paths = sources { text += " from \(Numbers.grouped(files)) \(files == 1 ? "file" : "files")" }
    lines.append(text + ".")
    lines.append(
      "\(Numbers.grouped(terms)) terms, \(Numbers.bytes(bytes)), \(Numbers.duration(microseconds: microseconds)), "
        + (isDryRun ? "nothing published." : "commit \(commit)\(isNewCommit ? "" : " (unchanged)")."))
    if !skipped.isEmpty {
      var reasons: [String: Int] = [:]
      for skip in skipped { reasons[Self.group(skip.reason), default: 0] += 1 }
      let counted = reasons.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        .map { Output.harmless($0.key) + (reasons.count > 1 ? " (\($0.value))" : "") }
      lines.append("Skipped \(Numbers.grouped(skipped.count)): \(counted.joined(separator: "; ")).")
    }
    return lines
  }

  /// A reason without what differs from file to file.
  private static func group(_ reason: String) -> String {
    String(reason.prefix { $0 != "(" && $0 != ":" }).trimmingSpaces()
  }

  func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("files", files)
      json.field("entries", entries)
      json.key("kinds")
      json.object { json in
        for kind in entriesByKind {
          json.field(kind.kind, kind.count)
        }
      }
      json.field("terms", terms)
      json.field("bytes", bytes)
      json.field("took_us", microseconds)
      json.field("commit", commit)
      json.field("published", isNewCommit && !isDryRun)
      json.key("skipped")
      json.array { json in
        for skip in skipped {
          json.object { json in
            json.field("file", skip.file)
            json.key("line")
            if let line = skip.line { json.number(line) } else { json.null() }
            json.field("reason", skip.reason)
          }
        }
      }
    }
    return json.bytes
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
