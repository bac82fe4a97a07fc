/// What a run reads: sources, and which of them a file belongs to.
package struct ContentPlan: Sendable {
  package private(set) var sources: [ContentSource]
  /// Of the paths of a run, those in which `.gitignore` and `.searchignore` do not count.
  private let pathsWithoutIgnoreFiles: [String]

  package init(sources: [ContentSource] = [], withoutIgnoreFiles: [String] = []) {
    pathsWithoutIgnoreFiles = withoutIgnoreFiles
    // The deepest root first: a site inside another one is its own. Of one site the part that was asked for by itself.
    func depth(_ source: ContentSource) -> (Int, Int) {
      (source.root.utf8.count, source.paths.map(\.utf8.count).max() ?? 0)
    }
    self.sources = sources.sorted { depth($0) > depth($1) }
  }

  /// The sources that the paths are found to be: each path with the site around it.
  ///
  /// - Parameter options: what the owner says about all of them.
  package init(detecting paths: [String], options: SourceOptions = SourceOptions()) {
    var found: [ContentSource] = []
    for path in paths {
      if let source = SiteDetector.source(around: path, options: options) { found.add(source) }
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
    for index in sources.indices where sources[index].reaches(path) {
      if let name = sources[index].name(of: path), sources[index].holds(name) { return (index, name) }
    }
    return nil
  }

  /// Finds the content under the given paths (`FileWalker`); the site's rules come to know the names.
  ///
  /// - Throws: `MissingInputError` when one of the paths does not exist.
  package mutating func find(_ paths: [String], excluding: [String] = []) throws -> FoundFiles {
    let walker = FileWalker(paths: paths, excluding: excluding, withoutIgnoreFiles: pathsWithoutIgnoreFiles)
    var found = try walker.files()
    found.files = take(found.files)
    found.folders += watchedFolders
    for problem in sources.compactMap(\.problem) where !found.skipped.contains(problem) {
      found.skipped.append(problem)
    }
    return found
  }

  /// Where the files lie that say what kind of site it is.
  private var watchedFolders: [String] {
    sources.flatMap { source in
      let place = folder(of: source.evidence)
      return place.isEmpty ? [source.root] : [source.root, source.root + "/" + place]
    }
  }

  /// Everything that is decided before the files are known: with another text, other things are made of the same file.
  ///
  /// - Parameter name: names the root of a source in a way that stays true when site and index move together.
  package func fingerprint(_ name: (String) -> String) -> String {
    sources.map { source in
      [name(source.root), "\(source.kind)", "\(source.folders)", source.options.signature]
        + [StableText.of(source.unknowingRules)]
    }.map { $0.joined(separator: " ") }.joined(separator: "\n")
  }

  /// What the files themselves decide about their neighbours.
  package var knowledge: String {
    sources.map { $0.rules.knowledge.sorted().joined(separator: "\0") }.joined(separator: "\n")
  }
}

extension [ContentSource] {
  /// Adds a source, or its paths to one that reads the same site in the same way.
  package mutating func add(_ source: ContentSource) {
    let known = firstIndex {
      $0.root == source.root && $0.kind == source.kind && $0.options == source.options
    }
    if let known { self[known].paths += source.paths } else { append(source) }
  }
}
