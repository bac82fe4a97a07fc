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
      for target in reader.linkTargets(of: file) where !Self.isAlive(target, from: file) {
        add(.deadLink, file.name, "the link to \(target) leads nowhere")
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

  // MARK: Links

  /// Whether a target inside the site exists. Targets with a scheme, from the root of the site, with template
  /// code, or in the same page say nothing about files, and count as alive.
  private static func isAlive(_ target: String, from file: SourceFile) -> Bool {
    let path = target.prefix { $0 != "#" && $0 != "?" }
    guard let first = path.utf8.first, first != UInt8(ascii: "/"), !path.contains("{"), !path.contains("<"),
      !path.utf8.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":"))
    else { return true }
    guard let decoded = percentDecoded(path), !decoded.utf8.contains(0) else { return true }
    let name = decoded.hasSuffix("/") ? String(decoded.dropLast()) : decoded
    let folder = String(file.path.prefix(upTo: file.path.lastIndex(of: "/") ?? file.path.startIndex))
    let stem = String(file.path.prefix(upTo: file.path.lastIndex(of: ".") ?? file.path.endIndex))
    // Written for files, or for the addresses that a generator gives to pages: /docs/a/ for docs/a.md.
    let bases = [folder, stem]
    let htmlStem = name.hasSuffix(".html") ? String(name.dropLast(5)) : name
    var candidates = [name]
    for ending in [".md", ".markdown", ".mdx", "/index.md", "/_index.md", "/README.md", "/index.mdx"] {
      candidates.append(htmlStem + ending)
    }
    return bases.contains { base in
      candidates.contains { candidate in access(base + "/" + candidate, F_OK) == 0 }
        || isLexicallyAlive(base, candidates)
    }
  }

  /// The same with `..` taken away by letters: the page `a.md` may have the address `a/`, where no folder is.
  private static func isLexicallyAlive(_ base: String, _ candidates: [String]) -> Bool {
    candidates.contains { candidate in
      var parts = base.split(separator: "/")
      for part in candidate.split(separator: "/") where part != "." {
        if part == ".." { _ = parts.popLast() } else { parts.append(part) }
      }
      return access("/" + parts.joined(separator: "/"), F_OK) == 0
    }
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
