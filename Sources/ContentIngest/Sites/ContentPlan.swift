/// What a run reads: sources, and which of them a file belongs to.
package struct ContentPlan: Sendable {
  package private(set) var sources: [ContentSource]

  package init(sources: [ContentSource] = []) {
    // The deepest root first: a site inside another one is its own.
    self.sources = sources.sorted { $0.root.utf8.count > $1.root.utf8.count }
  }

  /// The sources that the paths are found to be: each path with the site around it.
  ///
  /// - Parameter options: what the owner says about all of them.
  package init(detecting paths: [String], options: SourceOptions = SourceOptions()) {
    var found: [ContentSource] = []
    for path in paths {
      guard let source = SiteDetector.source(around: path, options: options),
        !found.contains(where: { $0.root == source.root && $0.kind == source.kind })
      else { continue }
      found.append(source)
    }
    self.init(sources: found)
  }

  /// The files that are content; the site's rules come to know their names.
  package mutating func take(_ files: [SourceFile]) -> [SourceFile] {
    guard !sources.isEmpty else { return files }
    var names = [[String]](repeating: [], count: sources.count)
    let taken = files.filter { file in
      guard let (index, name) = index(of: file.path) else { return false }
      names[index].append(name)
      return true
    }
    for index in sources.indices { sources[index].rules = sources[index].rules.knowing(names: names[index]) }
    return taken
  }

  /// The source of a file and the file's name in it; files of no source are plain ones.
  func source(of path: String, name: String) -> (source: ContentSource, name: String) {
    index(of: path).map { (sources[$0.index], $0.name) } ?? (.plain, name)
  }

  private func index(of path: String) -> (index: Int, name: String)? {
    for index in sources.indices {
      if let name = sources[index].name(of: path), sources[index].holds(name) { return (index, name) }
    }
    return nil
  }

  /// One line per decision that changes what entries are: a run with another text must read all files again.
  package var fingerprint: String {
    sources.map { source in
      let rules = Mirror(reflecting: source.rules).children.map {
        "\($0.label ?? ""): \(Self.stable($0.value))"
      }
      return "\(source.kind) \(source.folders) \(source.options.signature) \(rules.joined(separator: ", "))"
    }.joined(separator: "\n")
  }

  /// Sets and dictionaries print in another order each time.
  static func stable(_ value: Any) -> String {
    if let set = value as? Set<String> { return "\(set.sorted())" }
    if let pairs = value as? [String: String] {
      return "\(pairs.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })"
    }
    return "\(value)"
  }
}
