import ArgumentParser
import ContentIngest
import Glibc
import SearchModel
import SiteConfiguration

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Look at a site and write a search.yaml for it.",
    discussion: """
      Recognizes Hugo, MkDocs, Docusaurus, VitePress, link digests, built HTML and
      plain files. The file is not needed: without it `search index` sees the same.
      """)

  @Flag(help: "Replace a search.yaml that is there.") var force = false
  @Flag(name: .customLong("print"), help: "Print the file instead of writing it.") var printsOnly = false
  @Argument(help: "Folder of the site.") var folder = "."

  func run() throws {
    guard var source = SiteDetector.source(around: folder) else { throw MissingInputError(folder) }
    let survey = try SiteSurvey(of: source)
    if source.kind == .markdown, survey.isDigest { source.kind = .digest }
    let text = ConfigurationTemplate.text(for: source, baseURL: source.baseURL)
    for line in survey.lines(source) { Output.tell("search: " + Output.harmless(line) + "\n") }
    if printsOnly { return Output.print(String(text.dropLast())) }
    let path = (source.root == "/" ? "" : source.root) + "/search.yaml"
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL)
    let descriptor = open(path, flags, 0o644)
    guard descriptor >= 0 else {
      if errno == EEXIST {
        throw CommandError(
          status: ExitStatus.usage,
          message: "\(path) is there already; --force replaces it, --print shows what would be written")
      }
      throw CommandError(
        status: ExitStatus.inputOutput,
        message: "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        let code = errno
        close(descriptor)
        throw CommandError(
          status: ExitStatus.inputOutput,
          message: "\(path) cannot be written: \(String(cString: strerror(code)))")
      }
      bytes = bytes.dropFirst(count)
    }
    close(descriptor)
    Output.tell("search: wrote \(Output.harmless(path)). Next: search index\n")
  }
}

/// What a look at some of a site's files shows.
struct SiteSurvey {
  /// Files that are looked into.
  static let sampleSize = 100

  private(set) var files = 0
  private(set) var sampled = 0
  private(set) var items = 0
  private(set) var sections = 0
  private(set) var languages: [String: Int] = [:]

  init(of source: ContentSource) throws {
    var plan = ContentPlan(sources: [source])
    let found = try plan.find([source.root]).files
    files = found.count
    var reader = ContentReader(plan: plan)
    let step = max(1, found.count / Self.sampleSize)
    for index in stride(from: 0, to: found.count, by: step) {
      sampled += 1
      try reader.read(found[index]) { entry in
        languages[entry.lang, default: 0] += 1
        switch entry.kind {
        case .item: items += 1
        case .heading: sections += 1
        case .page: break
        }
      } skipped: { _ in
      }
    }
  }

  /// Most of what was seen are items of link lists.
  var isDigest: Bool { items > sections * 2 && items >= 3 }

  func lines(_ source: ContentSource) -> [String] {
    var lines = ["this is \(source.kind.title)" + (source.evidence.isEmpty ? "" : ", by \(source.evidence)")]
    let folders = source.folders.isEmpty ? "" : " in \(source.folders.joined(separator: ", "))"
    lines.append("\(Numbers.grouped(files)) \(files == 1 ? "file" : "files")\(folders)")
    let known = languages.filter { $0.key != "und" }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if sampled > 0 {
      lines.append(
        "\(Numbers.grouped(sampled)) looked into: \(Numbers.grouped(items)) link items, \(Numbers.grouped(sections)) sections"
          + (known.isEmpty ? "" : ", mostly \(known[0].key)"))
    }
    if let base = source.baseURL { lines.append("its pages are at \(base)") }
    return lines
  }
}
