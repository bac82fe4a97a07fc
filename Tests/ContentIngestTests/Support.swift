import ContentIngest
import Foundation
import SearchModel

/// What one read gives.
struct Reading {
  var entries: [Entry] = []
  var skipped: [SkippedInput] = []

  var page: Entry? { entries.first { $0.kind == .page } }
  var items: [Entry] { entries.filter { $0.kind == .item } }
  var headings: [Entry] { entries.filter { $0.kind == .heading } }

  func item(_ title: String) -> Entry? { items.first { $0.title == title } }
}

func read(_ text: String, name: String = "page.md") throws -> Reading {
  try read(Array(text.utf8), name: name)
}

func read(_ bytes: [UInt8], name: String = "page.md") throws -> Reading {
  var reader = ContentReader()
  var reading = Reading()
  try reader.read(bytes, name: name) {
    reading.entries.append($0)
  } skipped: {
    reading.skipped.append($0)
  }
  return reading
}

func readAll(_ paths: [String]) throws -> Reading {
  let found = try FileWalker(paths: paths).files()
  let (files, skipped) = (found.files, found.skipped)
  var reader = ContentReader()
  var reading = Reading(skipped: skipped)
  for file in files {
    try reader.read(file) {
      reading.entries.append($0)
    } skipped: {
      reading.skipped.append($0)
    }
  }
  return reading
}

enum Fixtures {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/content").path

  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
  }
}

/// Five real documents, when they are there: two link digests, a weekly as plain text, two weeklies with
/// front matter. They are not part of the project.
enum Seeds {
  static let directory: String? = {
    let environment = ProcessInfo.processInfo.environment["SEARCH_SEEDS"]
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let beside = package.deletingLastPathComponent().appending(path: "shared/corpora/seeds").path
    let found = environment ?? beside
    return FileManager.default.fileExists(atPath: found) ? found : nil
  }()

  static func file(_ number: String) throws -> (name: String, text: String) {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory ?? "")
    guard let directory, let name = names.first(where: { $0.hasPrefix(number) }) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return (name, try String(contentsOfFile: directory + "/" + name, encoding: .utf8))
  }

  static func read(_ number: String, extension kind: String = "txt") throws -> Reading {
    let (name, text) = try file(number)
    return try ContentIngestTests.read(text, name: name.replacing(".txt", with: "." + kind))
  }
}

/// A folder that is gone at the end of the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "ingest-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String = "# t\n\ntext") throws {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }
}

// MARK: - An oracle for what is visible

/// Han characters of a source and how often each stands in what a reader sees of it.
///
/// Written with regular expressions over the raw text, without a line in common with the reader.
func visibleHan(ofMarkdown source: String) -> [Character: Int] {
  var text = source
  text = text.replacing(#/<!--(.|\n)*?-->/#, with: "")
  // A heading that repeats the title of the front matter is shown once.
  if let title = text.firstMatch(of: #/\ntitle: "?(.+?)"?\n/#)?.output.1 {
    text = text.replacing("\n# \(title)\n", with: "\n")
  }
  text = text.replacing(#/\{\{[<%](.|\n)*?[>%]\}\}/#) { match in
    // The values that a call shows.
    String(match.output.0).matches(of: #/(text|title|caption|alt)="([^"]*)"/#).map { String($0.output.2) }
      .joined()
  }
  text = text.replacing(#/\]\([^)\s]*\)/#, with: "]")
  return hanCounts([text])
}

func hanCounts(of entries: [Entry]) -> [Character: Int] {
  hanCounts(
    entries.flatMap {
      [$0.title, $0.text, $0.description, $0.author] + $0.keywords + $0.tags
        + ($0.kind == .page ? $0.category : [])
    })
}

private func hanCounts(_ texts: [String]) -> [Character: Int] {
  var counts: [Character: Int] = [:]
  for text in texts {
    for scalar in text.unicodeScalars
    where (0x4E00...0x9FFF).contains(scalar.value) || (0x3400...0x4DBF).contains(scalar.value)
      || (0xF900...0xFAFF).contains(scalar.value) || scalar.value >= 0x20000
    {
      if scalar.value < 0x40000 { counts[Character(scalar), default: 0] += 1 }
    }
  }
  return counts
}

/// Han characters that stand less often in the entries than in the source.
func missingHan(_ source: String, _ entries: [Entry]) -> [Character: Int] {
  let found = hanCounts(of: entries)
  return visibleHan(ofMarkdown: source).reduce(into: [:]) { missing, one in
    let difference = one.value - (found[one.key] ?? 0)
    if difference > 0 { missing[one.key] = difference }
  }
}
