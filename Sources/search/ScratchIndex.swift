import Glibc
import IndexStorage

/// An index that nobody else sees, in the folder for temporary files; gone with this object.
final class ScratchIndex {
  let directory: IndexDirectory

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((parent + "/search-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError(operation: "mkdtemp", path: parent, code: errno)
    }
    directory = IndexDirectory(
      path: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  deinit {
    for name in (try? directory.fileNames()) ?? [] { try? directory.remove(name) }
    rmdir(directory.path)
  }
}
