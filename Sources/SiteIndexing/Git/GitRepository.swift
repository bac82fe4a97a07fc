import ContentIngest
import Glibc

/// A git repository around a folder, as far as its files tell without git.
struct GitRepository: Sendable {
  /// Absolute, without links.
  let top: String
  /// The commit that is checked out, in hexadecimal digits.
  let head: String
  /// Commits whose parents were not fetched: they seem to have made every file.
  let shallowCommits: Set<Substring>

  /// Largest file of a repository that is read: packed references.
  private static let byteLimit = 32 << 20

  /// Nil where there is no repository, or none with a commit that can be told from its files.
  ///
  /// - Parameter folder: absolute, without links.
  init?(around folder: String) {
    var top = folder
    while access(top + "/.git", F_OK) != 0 {
      guard let slash = top.utf8.lastIndex(of: UInt8(ascii: "/")), !top.isEmpty else { return nil }
      top = String(top[..<slash])
    }
    var place = top + "/.git"
    // A second working tree has a file that names its place.
    if let link = Self.read(place), link.hasPrefix("gitdir: ") {
      place = Self.located(link.dropFirst(8), from: top)
    }
    let common = Self.read(place + "/commondir").map { Self.located($0[...], from: place) } ?? place
    guard let head = Self.commit(place + "/HEAD", common) else { return nil }
    self.top = top
    self.head = head
    shallowCommits = Set((Self.read(common + "/shallow") ?? "").split(separator: "\n"))
  }

  /// A path relative to the top, as git names files; nil for one outside.
  func name(of path: String) -> String? {
    let prefix = top + "/"
    return path.utf8.starts(with: prefix.utf8)
      ? String(Substring(path.utf8.dropFirst(prefix.utf8.count))) : nil
  }

  private static func commit(_ head: String, _ common: String) -> String? {
    guard var text = read(head) else { return nil }
    if text.hasPrefix("ref: ") {
      let reference = String(text.dropFirst(5))
      guard !reference.split(separator: "/").contains("..") else { return nil }
      if let loose = read(common + "/" + reference) {
        text = loose
      } else {
        let packed = (read(common + "/packed-refs") ?? "").split(separator: "\n")
        guard let line = packed.first(where: { $0.hasSuffix(" " + reference) }) else { return nil }
        text = String(line.prefix { $0 != " " })
      }
    }
    let isHash =
      text.utf8.count >= 40
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    return isHash ? text : nil
  }

  private static func located(_ path: Substring, from folder: String) -> String {
    path.hasPrefix("/") ? String(path) : folder + "/" + path
  }

  /// The text of a regular file without the end of its last line.
  private static func read(_ path: String) -> String? {
    guard var bytes = bytes(ofRegularFile: path, upTo: byteLimit, followsLinks: true) else { return nil }
    while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
    return String(validating: bytes, as: UTF8.self)
  }
}
