package import ContentIngest

/// What holds for one run: every key with its value and where the value comes from.
package struct Configuration: Sendable {
  package enum Origin: Equatable, Sendable {
    case flag(String)
    case environment(String)
    case file(line: Int)
    case detected(String)
    case standard

    package var description: String {
      switch self {
      case .flag(let name): "flag \(name)"
      case .environment(let name): "environment \(name)"
      case .file(let line): "file, line \(line)"
      case .detected(let name): "detected in \(name)"
      case .standard: "default"
      }
    }
  }

  package struct Setting: Equatable, Sendable {
    package var value: ConfigurationValue
    package var origin: Origin
  }

  /// A query and what comes first for it.
  package struct Pin: Equatable, Sendable {
    package var queries: [String]
    /// Addresses or ids of entries, in this order.
    package var targets: [String]
  }

  package struct Source: Equatable, Sendable {
    /// Absolute.
    package var path: String
    package var options: SourceOptions
    /// `.gitignore` and `.searchignore` are obeyed.
    package var obeysIgnoreFiles = true
    package var line: Int
  }

  /// Absolute path of the file that was read, if any.
  package internal(set) var file: String?
  package internal(set) var settings: [String: Setting] = [:]
  package internal(set) var sources: [Source] = []
  package internal(set) var pins: [Pin] = []

  /// Nothing but defaults.
  package init() {
    for key in ConfigurationKey.all {
      if let value = key.defaultValue { settings[key.name] = Setting(value: value, origin: .standard) }
    }
  }

  /// The folder that relative paths of the file start from.
  package var folder: String? {
    file.map { path in
      path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
  }

  /// Says a value with more right than what is there.
  package mutating func override(_ name: String, _ value: ConfigurationValue, flag: String) {
    settings[name] = Setting(value: value, origin: .flag(flag))
  }

  /// Says a value that a site's own files give, where nobody has said another.
  package mutating func detect(_ name: String, _ value: ConfigurationValue, in evidence: String) {
    if settings[name].map({ $0.origin == .standard }) ?? true {
      settings[name] = Setting(value: value, origin: .detected(evidence))
    }
  }

  // MARK: - Values by type

  package func text(_ name: String) -> String? {
    if case .text(let text)? = settings[name]?.value, !text.isEmpty { text } else { nil }
  }

  package func flag(_ name: String) -> Bool { settings[name]?.value == .bool(true) }

  package func integer(_ name: String) -> Int {
    if case .integer(let number)? = settings[name]?.value { number } else { 0 }
  }

  package func number(_ name: String) -> Double {
    if case .number(let number)? = settings[name]?.value { number } else { 0 }
  }

  package func texts(_ name: String) -> [String] {
    if case .texts(let texts)? = settings[name]?.value { texts } else { [] }
  }

  /// Whether the file or the environment says this key.
  package func isSaid(_ name: String) -> Bool { settings[name].map { $0.origin != .standard } ?? false }

  package var baseURL: String? { text("site.base_url") }
  /// Bytes.
  package var memory: Int { integer("index.memory") }
  /// Bytes.
  package var fileByteLimit: Int { integer("index.max_file_bytes") }
  /// Commits that stay for a rollback, the current one included.
  package var keptCommits: Int { integer("index.keep") }
  /// 0: one per core.
  package var threads: Int { integer("index.threads") }
  package var synonyms: [String] { texts("analysis.synonyms") }
  /// Absolute paths.
  package var userDictionaries: [String] { texts("analysis.user_dictionary").map(located) }
  /// Days after which an entry counts half; 0 is off.
  package var recencyHalfLife: Double { number("ranking.recency.half_life") / 86_400 }
  package var queryLimit: Int { integer("query.limit") }
  package var facets: [String] { texts("facets") }
  package var host: String { text("serve.host") ?? "127.0.0.1" }
  package var port: Int { integer("serve.port") }
  package var origins: [String] { texts("serve.cors") }
  package var keepsAnswers: Bool { flag("serve.cache") }
  package var hasMetrics: Bool { flag("serve.metrics") }

  /// Where the index is: relative to the file when the file says it or is there, else to the current folder.
  package var indexPath: String {
    let path = text("index.dir") ?? ".search"
    switch settings["index.dir"]?.origin {
    case .flag, .environment: return path
    default: return located(path)
    }
  }

  /// A path of the file, absolute or from the current folder.
  func located(_ path: String) -> String {
    guard let folder, !path.hasPrefix("/") else { return path }
    return path == "." ? folder : (folder == "/" ? "" : folder) + "/" + path
  }
}
