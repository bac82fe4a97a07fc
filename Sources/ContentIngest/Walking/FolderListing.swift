import Glibc
import SearchModel

/// What one folder holds that may matter to a walk, in the order in which its files are read.
struct FolderListing {
  struct Child {
    enum Kind {
      case folder
      case file(FileSignature)
      case link
      /// A device, a pipe, a socket.
      case other
    }

    var name: String
    var kind: Kind
    /// The first eight bytes of the name as a number, a folder's with the `/` that follows: most names differ there.
    fileprivate let start: UInt64

    init(name: String, kind: Kind) {
      self.name = name
      self.kind = kind
      var start: UInt64 = 0
      var count: UInt64 = 0
      for byte in name.utf8.prefix(8) {
        start = start << 8 | UInt64(byte)
        count += 1
      }
      if count < 8 {
        if case .folder = kind {
          start = start << 8 | UInt64(UInt8(ascii: "/"))
          count += 1
        }
        start <<= 8 * (8 - count)
      }
      self.start = start
    }

    var isFolder: Bool { if case .folder = kind { true } else { false } }
  }

  private(set) var children: [Child] = []
  /// What cannot be read: names relative to the folder, empty for the folder itself.
  private(set) var problems: [(name: String, reason: String)] = []
  /// The bytes of the ignore files, in the order of `IgnoreRules.fileNames`.
  private(set) var ignoreFiles: [[UInt8]] = []

  /// Reads an open folder. Dot names are left out, but for the ignore files, which are read.
  init(_ folder: OpaquePointer) {
    var hasIgnoreFile = false
    while true {
      errno = 0
      guard let entry = readdir(folder) else {
        if errno != 0 { problems.append(("", "the folder cannot be read: \(errorText(errno))")) }
        break
      }
      let kind = Int(entry.pointee.d_type)
      // `d_name` ends with a NUL inside the record.
      withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { text in
          if text[0] == CChar(UInt8(ascii: ".")) {
            if IgnoreRules.fileNames.contains(where: { strcmp($0, text) == 0 }) { hasIgnoreFile = true }
          } else if let name = String(validatingCString: text) {
            add(name, text, isFolder: kind == Int(DT_DIR), isFile: kind == Int(DT_REG), in: dirfd(folder))
          } else {
            problems.append((String(cString: text), "its name is not valid UTF-8"))
          }
        }
      }
    }
    if hasIgnoreFile {
      ignoreFiles = IgnoreRules.fileNames.compactMap { smallFile($0, in: dirfd(folder)) }
    }
    // Numbers are moved in a fraction of the time that names take.
    var order = children.indices.map { (start: children[$0].start, child: $0) }
    order.sort {
      $0.start != $1.start ? $0.start < $1.start : Child.precedes(children[$0.child], children[$1.child])
    }
    children = order.map { children[$0.child] }
  }

  private mutating func add(
    _ name: String, _ text: UnsafePointer<CChar>, isFolder: Bool, isFile: Bool, in folder: Int32
  ) {
    if isFolder { return children.append(Child(name: name, kind: .folder)) }
    let isContent = ContentFormat(name: name) != nil
    if isFile, !isContent { return }
    var info = stat()
    guard fstatat(folder, text, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
      // Gone between the listing and now: as if it had never been there.
      if isContent, errno != ENOENT { problems.append((name, "it cannot be read: \(errorText(errno))")) }
      return
    }
    if ContentIngest.isFolder(info) {
      children.append(Child(name: name, kind: .folder))
    } else if isLink(info) {
      children.append(Child(name: name, kind: .link))
    } else if isContent {
      children.append(Child(name: name, kind: isRegular(info) ? .file(FileSignature(info)) : .other))
    }
  }
}

extension FolderListing.Child {
  /// The order of whole paths: a folder sorts as its name with the `/` that follows.
  static func precedes(_ a: Self, _ b: Self) -> Bool {
    var left = a.name
    var right = b.name
    return left.withUTF8 { left in
      right.withUTF8 { right in
        let shared = min(left.count, right.count)
        let order = orderOfStarts(left, right)
        if order != 0 { return order < 0 }
        let slash = UInt8(ascii: "/")
        let next = left.count > shared ? left[shared] : a.isFolder ? slash : 0
        let otherNext = right.count > shared ? right[shared] : b.isFolder ? slash : 0
        return next < otherNext
      }
    }
  }
}

/// The bytes of a regular file in an open folder, cut at the limit of ignore files; nil when it cannot be read.
///
/// A link is not followed: git does not either, and it could lead anywhere.
func smallFile(_ name: String, in folder: Int32) -> [UInt8]? {
  let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var info = stat()
  guard fstat(descriptor, &info) == 0, isRegular(info) else { return nil }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64 << 10)
  while bytes.count < IgnoreRules.byteLimit {
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    bytes += chunk[..<count]
  }
  return bytes
}
