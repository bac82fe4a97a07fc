package import ContentIngest
import Glibc
package import IndexFormat
package import IndexStorage
import SearchModel

/// Something about a site that its owner wants to know and that no search shows.
package struct SiteFinding: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case skipped
    case noText = "no-text"
    case sameAnchor = "same-anchor"
    case sameID = "same-id"
    case deadLink = "dead-link"
    case stale
  }

  package var kind: Kind
  /// Relative to the indexed root; empty when the finding is about the index.
  package var file: String
  package var detail: String
}

/// Looks over the sources of an index. Reads everything, writes nothing.
package struct SiteCheck {
  private let directory: IndexDirectory

  package init(_ directory: IndexDirectory) { self.directory = directory }

  /// - Parameter options: those of the run that the index is to be compared with.
  /// - Throws: `MissingInputError`, and what a run of `search index` throws when it reads.
  package func findings(
    in paths: [String], recordedPaths: [String], options: IndexRun.Options
  ) throws -> [SiteFinding] {
    var plan = options.plan
    let found = try plan.find(paths, excluding: [directory.path])
    var reader = ContentReader(plan: plan, today: options.today)
    reader.fileByteLimit = options.fileByteLimit
    var findings: [SiteFinding] = []
    func add(_ kind: SiteFinding.Kind, _ file: String, _ detail: String) {
      findings.append(SiteFinding(kind: kind, file: file, detail: detail))
    }
    var skipped = found.skipped
    var links: [String: PageLinks] = [:]
    /// By id, the file that gave it first.
    var givers: [String: String] = [:]
    for file in found.files {
      var hasText = false
      var isNamed = false
      var ids = Set<String>()
      var anchors = Set<String>()
      try reader.read(file) { entry in
        if !entry.title.isEmpty || !entry.text.isEmpty { hasText = true }
        guard entry.kind != .item else { return }
        if entry.kind == .heading, let anchor = entry.anchor, !anchors.insert(anchor).inserted {
          add(.sameAnchor, file.name, "two sections have the anchor #\(anchor); a link leads to the first")
        }
        if !ids.insert(entry.id).inserted {
          add(.sameID, file.name, "the id \(entry.id) stands here twice; only the last entry is found")
        } else if let other = givers.updateValue(file.name, forKey: entry.id), other != file.name {
          add(
            .sameID, file.name, "the id \(entry.id) is also given by \(other); only the last entry is found")
        }
      } skipped: {
        if $0.reason == SkippedInput.noText { return }
        isNamed = true
        skipped.append($0)
      }
      if !hasText, !isNamed { add(.noText, file.name, "the page has no text") }
      links[file.path] = reader.links(of: file)
    }
    for file in found.files {
      for target in links[file.path]?.targets ?? [] {
        switch SiteLink(target, from: file.path).state(links) {
        case .alive: break
        case .noFile: add(.deadLink, file.name, "the link to \(target) leads nowhere")
        case .noAnchor:
          add(.deadLink, file.name, "the link to \(target) leads to a page without that section")
        }
      }
    }
    for skip in skipped {
      add(.skipped, skip.file, (skip.line.map { "line \($0): " } ?? "") + skip.reason)
    }
    if let detail = try staleness(paths, recordedPaths, options) { add(.stale, "", detail) }
    let order = SiteFinding.Kind.allCases
    return findings.enumerated().sorted { a, b in
      let places = [a, b].map { order.firstIndex(of: $0.element.kind) ?? 0 }
      return places[0] != places[1] ? places[0] < places[1] : a.offset < b.offset
    }.map(\.element)
  }

  /// What the next run would change; nil when the index is up to date or not there.
  private func staleness(
    _ paths: [String], _ recordedPaths: [String], _ options: IndexRun.Options
  ) throws -> String? {
    guard (try? Commit(in: directory)) != nil else { return nil }
    var options = options
    options.isDryRun = true
    var run = IndexRun(in: directory, options: options)
    let report = try run.update(paths: paths, recordedPaths: recordedPaths, keepsStandardInput: true)
    if let sentence = report.rebuildReason?.sentence { return sentence + " by the next run" }
    // A touch, or an edit that changes no entry, leaves the index as good as it was.
    guard report.addedEntryCount + report.replacedEntryCount + report.deletedEntryCount > 0 else {
      return nil
    }
    let counts = [
      (report.newFiles.count, "new"), (report.changedFiles.count, "changed"),
      (report.goneFiles.count, "gone"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    return "the index is behind its files (\(counts)); run search index"
  }
}
