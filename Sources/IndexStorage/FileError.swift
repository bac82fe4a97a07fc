import Glibc

/// A failed file operation: the system call, the file and the cause.
///
/// Reads "cannot write /x/y: No space left on device (write, errno 28)".
package struct FileError: Error, Equatable, CustomStringConvertible {
  /// The system call, by its POSIX name: "open", "write", "fsync", "rename", "mmap", "flock", …
  package var operation: String
  package var path: String
  /// The `errno` of the call.
  package var code: Int32

  package init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// Whether the file, or a directory on the way to it, is not there.
  package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }

  package var description: String {
    let verb =
      switch operation {
      case "fsync": "sync"
      case "rename": "rename a file to"
      case "unlink": "remove"
      case "mkdir": "create"
      case "mmap": "map"
      case "flock": "lock"
      case "readdir": "list"
      case "stat": "inspect"
      default: operation
      }
    return "cannot \(verb) \(path): \(SystemError(code).text) (\(operation), errno \(code))"
  }
}

/// Another process, or another part of this one, holds the writer lock of the index.
package struct IndexLockedError: Error, Equatable, CustomStringConvertible {
  /// The lock file.
  package var path: String

  package init(path: String) { self.path = path }

  package var description: String { "the index is being written by another process (\(path) is locked)" }
}

/// What a single system call of a `FileSystem` failed with. Callers see a `FileError`, which also names the file.
package struct SystemError: Error, Equatable, Sendable {
  /// The `errno`.
  package var code: Int32

  package init(_ code: Int32) { self.code = code }

  /// The text of the C library.
  package var text: String {
    // Sound: glibc's strerror is thread safe since 2.32 and never returns null; the text is copied at once.
    unsafe String(cString: strerror(code))
  }
}

/// Runs one system call, again and again while a signal interrupts it; a failure becomes a `FileError`.
///
/// Not for `close`: Linux has freed the descriptor when `close` says EINTR.
@discardableResult
func attempt<R>(
  _ operation: String, _ path: String, _ call: () throws(SystemError) -> R
) throws(FileError) -> R {
  while true {
    do throws(SystemError) {
      return try call()
    } catch {
      if error.code != EINTR { throw FileError(operation: operation, path: path, code: error.code) }
    }
  }
}
