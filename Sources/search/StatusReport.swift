import Glibc
import IndexFormat
import IndexStorage
import SearchModel

/// What an index holds, for `search status` and for `search` alone.
struct StatusReport {
  let directory: IndexDirectory
  let snapshot: IndexSnapshot
  /// Newest first, with the bytes of the files that no newer commit names.
  private let kept: [(commit: Commit, byteCount: Int)]

  private var path: String { directory.path }

  init(_ directory: IndexDirectory) throws {
    self.directory = directory
    snapshot = try IndexSnapshot(in: directory)
    var names = snapshot.commit.fileNames
    var kept: [(commit: Commit, byteCount: Int)] = []
    for commit in try KeptCommits(in: directory, before: snapshot.commit.number).commits {
      let own = commit.files.filter { names.insert($0.name).inserted }
      // The files were not opened, so that their sizes are a claim.
      kept.append((commit, own.reduce(0) { $0 + min($1.byteCount, 1 << 40) }))
    }
    self.kept = kept
  }

  /// Live entries per value of a facet, most first.
  static func counts(of key: FacetKey, in snapshot: IndexSnapshot) throws -> [(kind: String, count: Int)] {
    var counts: [String: Int] = [:]
    for segment in snapshot.segments {
      let column = segment.facet(key)
      try column.check(0..<segment.documentCount)
      var byOrdinal = [Int](repeating: 0, count: column.valueCount)
      for document in 0..<segment.documentCount where segment.live?.isLive(document) ?? true {
        column.forEachOrdinal(of: document) { byOrdinal[$0] += 1 }
      }
      for (ordinal, count) in byOrdinal.enumerated() where count > 0 {
        counts[try column.value(ordinal), default: 0] += count
      }
    }
    return counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map {
      ($0.key, $0.value)
    }
  }

  /// One sentence on the index of a directory, whatever state it is in.
  static func sentence(of directory: IndexDirectory) -> String {
    do {
      let report = try StatusReport(directory)
      return
        "Index in \(directory.path): \(Numbers.grouped(report.snapshot.entryCount)) entries, commit \(report.snapshot.commit.number), \(Numbers.age(seconds: report.ageInSeconds)) old."
    } catch let error as IndexOpenError {
      return "No index in \(directory.path). Run: \(error.remedy)"
    } catch {
      return ExitStatus(error)?.message ?? "\(error)"
    }
  }

  var ageInSeconds: Int { Self.ageInSeconds(of: snapshot.commit) }

  private static func ageInSeconds(of commit: Commit) -> Int { max(0, Int(time(nil)) - commit.createdAt) }

  private static func sentence(_ kept: (commit: Commit, byteCount: Int)) -> String {
    "\(kept.commit.number), \(Numbers.age(seconds: ageInSeconds(of: kept.commit))) old, +\(Numbers.bytes(kept.byteCount))"
  }

  /// Bytes per section over all segments, in the order of the format.
  private var sections: [(name: String, bytes: Int)] {
    SectionID.allCases.map { id in (id.name, snapshot.segments.reduce(0) { $0 + $1.file.byteCount(of: id) }) }
  }

  private var byteCount: Int { snapshot.segments.reduce(0) { $0 + $1.file.byteCount } }

  func lines() throws -> [String] {
    let commit = snapshot.commit
    func counted(_ key: FacetKey) throws -> String {
      let counts = try Self.counts(of: key, in: snapshot).prefix(12)
      return counts.isEmpty
        ? "none"
        : counts.map { "\(Output.harmless($0.kind)) \(Numbers.grouped($0.count))" }.joined(separator: " · ")
    }
    let sources = commit.sourcePaths.map { SourceList.shown($0, from: directory) }
    var lines = [
      "index      \(path)",
      "commit     \(commit.number), \(Numbers.age(seconds: ageInSeconds)) old",
      "kept       \(kept.isEmpty ? "none" : kept.map(Self.sentence).joined(separator: " · "))",
      "sources    \(sources.map(Output.harmless).joined(separator: ", "))",
      "entries    \(Numbers.grouped(snapshot.entryCount)) (\(try counted(.kind)))",
      "languages  \(try counted(.lang))",
      "segments   \(snapshot.segments.count)",
      "terms      \(Numbers.grouped(snapshot.segments.reduce(0) { $0 + $1.terms.termCount }))",
      "analyzer   \(commit.analyzer)",
      "size       \(Numbers.bytes(byteCount))",
    ]
    for section in sections {
      lines.append(
        "  \(section.name)\(String(repeating: " ", count: 14 - section.name.count))\(Numbers.bytes(section.bytes))"
      )
    }
    return lines
  }

  func json() throws -> [UInt8] {
    var json = JSONWriter()
    let languages = try Self.counts(of: .lang, in: snapshot)
    let kinds = try Self.counts(of: .kind, in: snapshot)
    func counts(_ values: [(kind: String, count: Int)], to json: inout JSONWriter) {
      json.object { json in
        for value in values {
          json.field(value.kind, value.count)
        }
      }
    }
    json.object { json in
      json.field("index", path)
      json.field("commit", snapshot.commit.number)
      json.field("created_at", snapshot.commit.createdAt)
      json.field("age_s", ageInSeconds)
      json.key("kept")
      json.array { json in
        for kept in kept {
          json.object { json in
            json.field("commit", kept.commit.number)
            json.field("created_at", kept.commit.createdAt)
            json.field("own_bytes", kept.byteCount)
          }
        }
      }
      json.field("sources", snapshot.commit.sourcePaths)
      json.field("analyzer", snapshot.commit.analyzer)
      json.field("entries", snapshot.entryCount)
      json.key("kinds")
      counts(kinds, to: &json)
      json.key("languages")
      counts(languages, to: &json)
      json.field("terms", snapshot.segments.reduce(0) { $0 + $1.terms.termCount })
      json.field("bytes", byteCount)
      json.key("segments")
      json.array { json in
        for segment in snapshot.segments {
          json.object { json in
            json.field("file", segment.file.name)
            json.field("entries", segment.liveCount)
            json.field("bytes", segment.file.byteCount)
          }
        }
      }
      json.key("sections")
      json.object { json in
        for section in sections {
          json.field(section.name, section.bytes)
        }
      }
    }
    return json.bytes
  }
}
