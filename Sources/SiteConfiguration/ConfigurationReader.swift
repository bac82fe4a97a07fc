import ContentIngest
import Glibc
import Yams

/// Walks the tree of a configuration file: every key is known, every value of its type and in its range.
struct ConfigurationReader {
  let place: String

  mutating func read(_ root: Node, into configuration: inout Configuration) throws(ConfigurationError) {
    guard case .mapping(let mapping) = root else {
      throw problem(
        root, "the file is a list of keys and values, such as \"index:\" and below it \"  dir: .search\"")
    }
    for (key, value) in mapping {
      switch try name(of: key) {
      case "version":
        guard value.scalar?.string == "1" else { throw problem(value, "version is 1 in this release") }
      case "sources": try readSources(value, into: &configuration)
      default: try read(key, value, below: "", into: &configuration)
      }
    }
  }

  private func read(
    _ key: Node, _ value: Node, below prefix: String, into configuration: inout Configuration
  ) throws(ConfigurationError) {
    let full = prefix + (try name(of: key))
    if full == "ranking.pins" { return try readPins(value, into: &configuration) }
    if let known = ConfigurationKey.named(full) {
      let texts = try texts(of: value, for: full)
      guard let texts else { return }
      if full == "analysis.user_dictionary" {
        for path in texts.values.map(configuration.located) where access(path, R_OK) != 0 {
          throw problem(value, "\(full) names \(path), which is not there or cannot be read")
        }
      }
      do {
        let read = try known.value(of: texts.values, isList: texts.isList)
        configuration.settings[full] = .init(value: read, origin: .file(line: value.mark?.line ?? 1))
      } catch {
        throw problem(value, "\(full) \(error.reason)")
      }
      return
    }
    let isSection = ConfigurationKey.all.contains { $0.name.hasPrefix(full + ".") } || full == "ranking"
    guard isSection else {
      // At the top a section is meant, below it one of its keys.
      let sections = ConfigurationKey.all.compactMap { $0.name.split(separator: ".").first.map(String.init) }
      let others = ["sources", "ranking.pins", "version"] + (prefix.isEmpty ? sections : [])
      throw unknown(key, full, ConfigurationKey.all.map(\.name) + others)
    }
    switch value {
    case .mapping(let mapping):
      for (inner, innerValue) in mapping {
        try read(inner, innerValue, below: full + ".", into: &configuration)
      }
    case .scalar where isEmpty(value): return
    default: throw problem(value, "\(full) has keys of its own below it, indented by two spaces")
    }
  }

  // MARK: - Sources

  private static let sourceKeys = [
    "path", "type", "include", "exclude", "base_url", "ignore_files", "split", "heading_levels", "drafts",
    "future",
    "category", "language", "boost", "shortcodes", "fields", "selectors",
  ]

  private mutating func readSources(_ node: Node, into configuration: inout Configuration)
    throws(ConfigurationError)
  {
    guard case .sequence(let items) = node else {
      if isEmpty(node) { return }
      throw problem(node, "sources is a list: \"- path: docs\"")
    }
    for item in items {
      guard case .mapping(let mapping) = item else {
        throw problem(item, "a source has a path: \"- path: docs\"")
      }
      var source = Configuration.Source(path: "", options: SourceOptions(), line: item.mark?.line ?? 1)
      for (key, value) in mapping { try read(key, value, into: &source) }
      guard !source.path.isEmpty else { throw problem(item, "a source has a path: \"- path: docs\"") }
      source.path = configuration.located(source.path)
      configuration.sources.append(source)
    }
  }

  private func read(
    _ key: Node, _ value: Node, into source: inout Configuration.Source
  ) throws(ConfigurationError) {
    let name = try name(of: key)
    func scalar(_ kind: ConfigurationKey.Kind) throws(ConfigurationError) -> ConfigurationValue? {
      guard let texts = try texts(of: value, for: name) else { return nil }
      do {
        return try ConfigurationKey(name, kind, nil, "").value(of: texts.values, isList: texts.isList)
      } catch {
        throw problem(value, "\(name) \(error.reason)")
      }
    }
    func text(_ kind: ConfigurationKey.Kind = .text) throws(ConfigurationError) -> String? {
      if case .text(let text)? = try scalar(kind) { text } else { nil }
    }
    func flag() throws(ConfigurationError) -> Bool? {
      if case .bool(let bool)? = try scalar(.bool) { bool } else { nil }
    }
    func list() throws(ConfigurationError) -> [String] {
      if case .texts(let texts)? = try scalar(.texts) { texts } else { [] }
    }
    switch name {
    case "path": source.path = try text() ?? ""
    case "type":
      let names = ["auto"] + SourceKind.allCases.map(\.rawValue)
      source.options.kind = try text(.choice(names)).flatMap(SourceKind.init(rawValue:))
    case "include": source.options.include = try list()
    case "exclude": source.options.exclude = try list()
    case "base_url": source.options.baseURL = try text(.address)
    case "ignore_files": source.obeysIgnoreFiles = try flag() ?? true
    case "split":
      source.options.split =
        try text(.choice(SplitRule.allCases.map(\.rawValue))).flatMap(SplitRule.init(rawValue:)) ?? .auto
    case "heading_levels":
      let levels = try list().map { Int($0) }
      guard levels.count == 2, let first = levels[0], let last = levels[1], 1 <= first, first <= last,
        last <= 6
      else {
        throw problem(value, "heading_levels is two numbers from 1 to 6, such as [1, 4]")
      }
      source.options.headingLevels = first...last
    case "drafts": source.options.drafts = try flag() ?? false
    case "future": source.options.future = try flag() ?? false
    case "category":
      switch try text() {
      case nil, "auto": source.options.category = .auto
      case "none": source.options.category = .none
      case let rule?:
        guard rule.hasPrefix("folder:"), let depth = Int(rule.dropFirst("folder:".count)),
          (1...16).contains(depth)
        else { throw problem(value, "category is \(rule); write auto, none, or folder:1 to folder:16") }
        source.options.category = .folder(depth)
      }
    case "language":
      let code = try text() ?? "auto"
      guard code == "auto" || code.utf8.count == 2 && code.utf8.allSatisfy({ (0x61...0x7A).contains($0) })
      else {
        throw problem(value, "language is \(code); write auto or two letters such as zh")
      }
      source.options.language = code == "auto" ? nil : code
    case "boost":
      if case .number(let factor)? = try scalar(.number(0.01...10)) { source.options.boost = Float(factor) }
    case "shortcodes": source.options.keepsShortcodeText = try text(.choice(["inner", "drop"])) != "drop"
    case "fields": source.options.fields = try fields(value)
    case "selectors":
      guard case .mapping(let mapping) = value else {
        throw problem(value, "selectors has content and ignore below it")
      }
      for (inner, innerValue) in mapping {
        let texts = try texts(of: innerValue, for: "selectors")?.values ?? []
        let selectors = texts.flatMap { $0.split(separator: ",").map(\.trimmingSpaces) }
        if let wrong = selectors.first(where: { !SourceOptions.isSelector($0) }) {
          throw problem(
            innerValue, "\(wrong) is no selector that is read; write names, .classes, #ids and [attributes]")
        }
        switch try self.name(of: inner) {
        case "content": source.options.contentSelectors = selectors
        case "ignore": source.options.ignoredSelectors = selectors
        case let other: throw unknown(inner, "selectors." + other, ["selectors.content", "selectors.ignore"])
        }
      }
    default: throw unknown(key, name, Self.sourceKeys)
    }
  }

  /// `{title: [name, heading]}` → the entry's field by the object's key.
  private func fields(_ node: Node) throws(ConfigurationError) -> [String: String] {
    guard case .mapping(let mapping) = node else {
      throw problem(node, "fields has names of an entry below it")
    }
    var fields: [String: String] = [:]
    for (key, value) in mapping {
      let field = try name(of: key)
      guard SourceOptions.entryFields.contains(field) else {
        throw unknown(key, field, SourceOptions.entryFields)
      }
      for name in try texts(of: value, for: "fields")?.values ?? [] { fields[name] = field }
    }
    return fields
  }

  // MARK: - Pins

  private func readPins(_ node: Node, into configuration: inout Configuration) throws(ConfigurationError) {
    if isEmpty(node) { return }
    guard case .sequence(let items) = node else {
      throw problem(node, "ranking.pins is a list: \"- {query: 安装, urls: [/install/]}\"")
    }
    for item in items {
      guard case .mapping(let mapping) = item else {
        throw problem(item, "a pin has a query and urls: \"- {query: 安装, urls: [/install/]}\"")
      }
      var pin = Configuration.Pin(queries: [], targets: [])
      for (key, value) in mapping {
        switch try name(of: key) {
        case "query": pin.queries = try texts(of: value, for: "query")?.values ?? []
        case "urls", "ids": pin.targets += try texts(of: value, for: "urls")?.values ?? []
        case let other: throw unknown(key, other, ["query", "urls", "ids"])
        }
      }
      guard !pin.queries.isEmpty, !pin.targets.isEmpty else {
        throw problem(item, "a pin has a query and urls: \"- {query: 安装, urls: [/install/]}\"")
      }
      configuration.pins.append(pin)
    }
  }

  // MARK: - Nodes

  private func name(of key: Node) throws(ConfigurationError) -> String {
    guard case .scalar(let scalar) = key else { throw problem(key, "a key is one word") }
    return scalar.string
  }

  private func isEmpty(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node else { return false }
    return scalar.style == .plain && ["", "null", "~"].contains(scalar.string)
  }

  /// The scalars of a value; nil when nothing stands there.
  private func texts(
    of node: Node, for name: String
  ) throws(ConfigurationError) -> (values: [String], isList: Bool)? {
    switch node {
    case .scalar(let scalar): return isEmpty(node) ? nil : ([scalar.string], false)
    case .sequence(let items):
      var values: [String] = []
      for item in items {
        guard case .scalar(let scalar) = item else {
          throw problem(item, "\(name) is a list of single values")
        }
        values.append(scalar.string)
      }
      return (values, true)
    case .mapping: throw problem(node, "\(name) has no keys below it")
    case .alias: throw problem(node, "\(name) is an alias; write the value itself")
    }
  }

  private func problem(_ node: Node, _ reason: String) -> ConfigurationError {
    ConfigurationError(
      place: place, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, reason: reason)
  }

  private func unknown(_ key: Node, _ name: String, _ names: [String]) -> ConfigurationError {
    // Between sections the last word alone may be right: `memory` for `index.memory`.
    let last = names.first { $0.hasSuffix("." + name) }
    let hint =
      (last ?? nearest(to: name, in: names)).map { "; did you mean \($0)?" }
      ?? "; the keys are in search init --print"
    return problem(key, "unknown key \(name)\(hint)")
  }
}
