import Glibc
import IndexStorage
import Testing

@Suite struct FileErrorTests {
  @Test(
    "an error names call, file and cause",
    arguments: [
      ("write", ENOSPC, "cannot write /x/y: No space left on device (write, errno 28)"),
      ("open", EACCES, "cannot open /x/y: Permission denied (open, errno 13)"),
      ("fsync", EIO, "cannot sync /x/y: Input/output error (fsync, errno 5)"),
      ("rename", EACCES, "cannot rename a file to /x/y: Permission denied (rename, errno 13)"),
      ("mmap", ENOMEM, "cannot map /x/y: Cannot allocate memory (mmap, errno 12)"),
      ("unlink", EROFS, "cannot remove /x/y: Read-only file system (unlink, errno 30)"),
    ])
  func description(operation: String, code: Int32, text: String) {
    #expect(FileError(operation: operation, path: "/x/y", code: code).description == text)
  }

  @Test("not found is a missing file or a missing directory above it")
  func notFound() {
    for (code, expected) in [(ENOENT, true), (ENOTDIR, true), (EACCES, false), (EIO, false)] {
      #expect(FileError(operation: "open", path: "/x", code: code).isNotFound == expected)
    }
  }

  @Test("a lock error names the lock file")
  func locked() {
    #expect(IndexLockedError(path: "/x/lock").description.contains("/x/lock"))
  }
}
