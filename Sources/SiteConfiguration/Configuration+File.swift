import ContentIngest
import Glibc
import Yams

extension Configuration {
  static let fileNames = ["search.yaml", "search.yml"]
  static let byteLimit = 1 << 20

  /// Reads the file and the environment.
  ///
  /// - Parameters:
  ///   - named: the file that a flag names.
  ///   - environment: a variable's value by its name.
  ///   - folder: where the search for a file starts: it goes up to the folder that holds `.git`.
  package static func read(
    named: String?, environment: (String) -> String?, from folder: String = "."
  ) throws(ConfigurationError) -> Configuration {
    var configuration = Configuration()
    let given = named ?? environment("SEARCH_CONFIG").flatMap { $0.isEmpty ? nil : $0 }
    if let path = given ?? found(from: folder) {
      guard let real = realPath(path), let bytes = bytes(of: real) else {
        throw ConfigurationError(place: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
      }
      configuration.file = real
      try configuration.read(bytes, shown: path)
    }
    for key in ConfigurationKey.all {
      guard let text = environment(key.environmentName), !text.isEmpty else { continue }
      let texts =
        key.kind.isList ? text.split(separator: ",").map { $0.trimmingSpaces } : [text]
      do {
        let value = try key.value(of: texts, isList: false)
        configuration.settings[key.name] = Setting(value: value, origin: .environment(key.environmentName))
      } catch {
        throw ConfigurationError(place: key.environmentName, reason: error.reason)
      }
    }
    return configuration
  }

  /// Reads the text of a file; `shown` is its name in messages.
  package mutating func read(_ bytes: [UInt8], shown: String) throws(ConfigurationError) {
    let root: Node?
    do {
      root = try YAMLReader.compose(bytes[...], byteLimit: Self.byteLimit)
    } catch {
      throw ConfigurationError(
        place: shown, line: error.line, column: error.column, reason: "the file " + error.reason)
    }
    guard let root else { return }
    var reader = ConfigurationReader(place: shown)
    try reader.read(root, into: &self)
  }

  /// The nearest configuration file, nil when there is none up to the root of the repository.
  private static func found(from folder: String) -> String? {
    guard var current = realPath(folder) else { return nil }
    let start = current
    var candidates: [String] = []
    while true {
      for name in fileNames where isThere(current + "/" + name) { candidates.append(current + "/" + name) }
      if isThere(current + "/.git") { return candidates.first }
      guard current != "/", let slash = current.lastIndex(of: "/") else { break }
      current = slash == current.startIndex ? "/" : String(current[..<slash])
    }
    // Without a repository only the folder itself counts.
    return candidates.first { $0.hasPrefix(start + "/search.") }
  }

  private static func isThere(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }

  private static func bytes(of path: String) -> [UInt8]? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    guard info.st_mode & S_IFMT == S_IFREG else {
      errno = info.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
      return nil
    }
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= byteLimit {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count { return ferror(file) == 0 ? bytes : nil }
    }
    return bytes
  }
}

extension Substring {
  var trimmingSpaces: String {
    var text = self
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
