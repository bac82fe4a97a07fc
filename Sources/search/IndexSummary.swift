import ContentIngest
import IndexFormat
import IndexStorage
import SearchModel
import SiteIndexing

/// What a run of `search index` did, for people and for programs.
struct IndexSummary {
  /// Skipped inputs, and changed files of a dry run, that are named one by one; the rest is counted.
  static let shownNames = 20

  var run: RunReport
  var isDryRun: Bool
  var entriesByKind: [(kind: String, count: Int)] = []
  var entries = 0
  var terms = 0
  var bytes = 0
  var microseconds = 0

  /// Measures what was published, or what is there when nothing was.
  init(_ run: RunReport, isDryRun: Bool, in directory: IndexDirectory) throws {
    self.run = run
    self.isDryRun = isDryRun
    guard run.commit != nil, !isDryRun else {
      entries = run.addedEntryCount
      return
    }
    let snapshot = try IndexSnapshot(in: directory)
    entries = snapshot.entryCount
    terms = snapshot.segments.reduce(0) { $0 + $1.terms.termCount }
    bytes = snapshot.segments.reduce(0) { $0 + $1.file.byteCount }
    entriesByKind = try StatusReport.counts(of: .kind, in: snapshot)
  }

  static func sentence(_ skipped: SkippedInput) -> String {
    let place = Output.harmless(skipped.file) + (skipped.line.map { ":\($0)" } ?? "")
    return "skipped \(place): \(Output.harmless(skipped.reason))"
  }

  func lines(sources: SourceList) -> [String] {
    var lines: [String] = []
    if !sources.isStandardInput, run.fileCount == 0 {
      let places = sources.paths.map(Output.harmless).joined(separator: ", ")
      let ignored =
        run.ignoredCount > 0 ? " (ignore files leave out \(Self.counted(run.ignoredCount, "place")))" : ""
      lines.append("Nothing to index in \(places): no Markdown, plain text or JSONL file\(ignored).")
    }
    lines.append(coverage(isStandardInput: sources.isStandardInput))
    if let changes { lines.append(changes) }
    if isDryRun {
      lines += named
      lines.append("A dry run: nothing published, \(Numbers.duration(microseconds: microseconds)).")
    } else {
      lines.append(
        "\(Numbers.grouped(terms)) terms, \(Numbers.bytes(bytes)), \(Numbers.duration(microseconds: microseconds)), "
          + "commit \(run.commit?.number ?? 0)\(run.isNewCommit ? "" : " (unchanged)").")
    }
    return lines
  }

  /// `214 of 220 files, 1,312 entries (…); 6 skipped: 4 drafts, 1 too large, 1 not UTF-8; 1 fault in files: …`
  private func coverage(isStandardInput: Bool) -> String {
    var parts: [String] = []
    if !isStandardInput {
      parts.append(
        "\(Numbers.grouped(run.indexedFileCount)) of \(Self.counted(run.fileCount, "file"))")
    }
    if !isDryRun {
      let kinds = entriesByKind.map { Self.counted($0.count, $0.kind) }.joined(separator: ", ")
      parts.append(Self.counted(entries, "entry", "entries") + (kinds.isEmpty ? "" : " (\(kinds))"))
    }
    var text = parts.joined(separator: ", ")
    let (whole, part) = (run.skipped.filter { $0.line == nil }, run.skipped.filter { $0.line != nil })
    if !whole.isEmpty { text += "; \(Numbers.grouped(whole.count)) skipped: \(Self.counts(whole))" }
    if !part.isEmpty { text += "; \(Self.counted(part.count, "fault")) in files: \(Self.counts(part))" }
    return text + "."
  }

  /// `4 drafts, 1 too large`, the most frequent first.
  private static func counts(_ skipped: [SkippedInput]) -> String {
    var labels: [String: Int] = [:]
    for skip in skipped { labels[label(skip), default: 0] += 1 }
    return labels.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
      .map {
        "\(Numbers.grouped($0.value)) \(Output.harmless($0.key))\($0.key == "draft" && $0.value > 1 ? "s" : "")"
      }.joined(separator: ", ")
  }

  /// `1 new file, 2 changed, 1 gone: 12 entries added, 3 replaced, 5 removed.`; nil where everything was read.
  private var changes: String? {
    let entries = [
      (run.addedEntryCount, isDryRun ? "to add" : "added"),
      (run.replacedEntryCount, isDryRun ? "to replace" : "replaced"),
      (run.deletedEntryCount, isDryRun ? "to remove" : "removed"),
    ].filter { $0.0 > 0 }
    guard run.rebuildReason == nil || isDryRun else { return nil }
    guard run.hasChanges || !entries.isEmpty else { return "Nothing has changed." }
    let files = [
      (run.newFiles.count, "new"), (run.changedFiles.count, "changed"), (run.goneFiles.count, "gone"),
    ].filter { $0.0 > 0 }.enumerated().map { number, part in
      number == 0
        ? "\(Numbers.grouped(part.0)) \(part.1) \(part.0 == 1 ? "file" : "files")"
        : "\(Numbers.grouped(part.0)) \(part.1)"
    }.joined(separator: ", ")
    let counted = entries.enumerated().map { number, part in
      number == 0
        ? "\(Self.counted(part.0, "entry", "entries")) \(part.1)" : "\(Numbers.grouped(part.0)) \(part.1)"
    }.joined(separator: ", ")
    return [files, counted.isEmpty ? "no entry differs" : counted].filter { !$0.isEmpty }.joined(
      separator: ": ")
      + "."
  }

  /// The files that a dry run would read or forget.
  private var named: [String] {
    let all =
      run.newFiles.map { "+ " + $0 } + run.changedFiles.map { "~ " + $0 } + run.goneFiles.map { "- " + $0 }
    let rest = all.count - Self.shownNames
    return all.prefix(Self.shownNames).map { "  " + Output.harmless($0) }
      + (rest > 0 ? ["  and \(Numbers.grouped(rest)) more"] : [])
  }

  private static func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(Numbers.grouped(count)) \(count == 1 ? one : many ?? one + "s")"
  }

  /// A reason in few words, without what differs from file to file.
  static func label(_ skip: SkippedInput) -> String {
    let reason = skip.reason
    if reason.hasPrefix("it is part of the page") { return "part of another page" }
    if reason.hasPrefix("the front matter has the key"), reason.contains(" twice") {
      return "key twice in front matter"
    }
    if reason == SkippedInput.noText { return "without text" }
    if reason.hasPrefix("it is larger than") { return "too large" }
    if reason.hasPrefix("not valid UTF-8") { return "not UTF-8" }
    if reason.hasPrefix("a link that") { return "link that leads nowhere or out" }
    if reason.hasPrefix("it cannot be") || reason.hasPrefix("the folder cannot be") { return "unreadable" }
    return brief(reason)
  }

  private static func brief(_ reason: String) -> String {
    var text = reason.prefix { $0 != "(" && $0 != ":" && $0 != ";" }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("files", run.indexedFileCount)
      json.field("files_total", run.fileCount)
      json.field("files_read", run.readFileCount)
      json.field("ignored", run.ignoredCount)
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
      json.field("commit", run.commit?.number ?? 0)
      json.field("published", run.isNewCommit && !isDryRun)
      json.key("rebuilt")
      if let sentence = run.rebuildReason?.sentence { json.string(sentence) } else { json.null() }
      json.field("new", run.newFiles)
      json.field("changed", run.changedFiles)
      json.field("gone", run.goneFiles)
      json.field("added", run.addedEntryCount)
      json.field("replaced", run.replacedEntryCount)
      json.field("removed", run.deletedEntryCount)
      json.key("skipped")
      json.array { json in
        for skip in run.skipped {
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
