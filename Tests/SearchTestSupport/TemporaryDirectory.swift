import Glibc
import IndexStorage

/// A new, empty directory that goes away, with all its content, with the last reference to it.
///
/// Hold it in a property of the suite, or in what uses it: a local variable may be released after its last use.
/// Paths given to its methods are relative to it; `/` separates folders, which are made as needed.
package final class TemporaryDirectory: Sendable {
  /// Absolute, without a slash at the end.
  package let path: String

  package init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/search-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError(operation: "mkdir", path: base, code: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(Array(path.utf8)) }

  package func path(of relativePath: String) -> String { "\(path)/\(relativePath)" }

  package func makeDirectory(_ relativePath: String) throws {
    var directory = path
    for name in relativePath.split(separator: "/") {
      directory += "/\(name)"
      guard mkdir(directory, 0o755) == 0 || errno == EEXIST else {
        throw FileError(operation: "mkdir", path: directory, code: errno)
      }
    }
  }

  /// Makes or replaces a file.
  package func write(_ relativePath: String, _ bytes: [UInt8]) throws {
    if let slash = relativePath.lastIndex(of: "/") { try makeDirectory(String(relativePath[..<slash])) }
    let path = path(of: relativePath)
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw FileError(operation: "write", path: path, code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  package func write(_ relativePath: String, _ text: String) throws {
    try write(relativePath, Array(text.utf8))
  }

  package func read(_ relativePath: String) throws -> [UInt8] {
    let path = path(of: relativePath)
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw FileError(operation: "read", path: path, code: errno) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The names in one of its folders, sorted.
  package func names(in relativePath: String = "") throws -> [String] {
    try IndexDirectory(path: path(of: relativePath)).fileNames()
  }
}

/// Removes a file or a directory and all below it, whatever bytes the names are made of. Follows no links.
private func removeTree(_ path: [UInt8]) {
  let cPath = path.map(CChar.init(bitPattern:)) + [0]
  if unlink(cPath) == 0 || errno == ENOENT { return }
  chmod(cPath, 0o700)
  var names: [[UInt8]] = []
  if let stream = opendir(cPath) {
    while let entry = readdir(stream) {
      withUnsafeBytes(of: &entry.pointee.d_name) { field in
        names.append(Array(field.prefix { $0 != 0 }))
      }
    }
    closedir(stream)
  }
  for name in names where name != Array(".".utf8) && name != Array("..".utf8) {
    removeTree(path + [UInt8(ascii: "/")] + name)
  }
  rmdir(cPath)
}
