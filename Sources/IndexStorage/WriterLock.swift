import Glibc

/// The right to write an index, held by at most one object in all processes.
///
/// Keep it in a stored property for as long as something is written (Swift may release a local variable after
/// its last use). It ends with the object, or with the process however that dies: the kernel holds it, the file
/// says nothing.
package final class WriterLock: Sendable {
  private let fileSystem: any FileSystem
  private let path: String
  private let descriptor: Int32

  /// The kernel has no lock with a time limit, so that a limited wait is a look now and then.
  private static let pause: Duration = .milliseconds(50)

  /// - Throws: `IndexLockedError` when the lock is still taken after the `patience`; `FileError`.
  init(path: String, fileSystem: any FileSystem, patience: LockPatience) throws {
    self.fileSystem = fileSystem
    self.path = path
    var deadline: ContinuousClock.Instant?
    if case .seconds(let seconds) = patience { deadline = .now + .seconds(seconds) }
    while true {
      let descriptor = try attempt("open", path) { () throws(SystemError) in
        try fileSystem.open(path, .locking)
      }
      do throws(FileError) {
        try attempt("flock", path) { () throws(SystemError) in
          try fileSystem.lock(descriptor, waiting: patience == .unlimited)
        }
        // Between open and lock the whole directory may have been thrown away and made anew.
        if try isSameFile(path, descriptor, in: fileSystem) {
          self.descriptor = descriptor
          return
        }
        try? fileSystem.close(descriptor)
      } catch {
        try? fileSystem.close(descriptor)
        guard error.operation == "flock" && error.code == EWOULDBLOCK else { throw error }
        guard let deadline, .now < deadline else { throw IndexLockedError(path: path) }
        usleep(UInt32(Self.pause / .microseconds(1)))
      }
    }
  }

  deinit {
    // A child that was just forked has a copy of the descriptor until it runs its program: closing is not enough.
    try? fileSystem.unlock(descriptor)
    try? fileSystem.close(descriptor)
  }

  /// Whether the lock file still is the one that was locked.
  ///
  /// It is not when somebody deleted the directory meanwhile; another writer may then be at work in a new one
  /// of the same name, and this one must publish nothing any more.
  package func isCurrent() throws -> Bool {
    do throws(FileError) {
      return try isSameFile(path, descriptor, in: fileSystem)
    } catch {
      if error.isNotFound { return false }
      throw error
    }
  }
}

private func isSameFile(
  _ path: String, _ descriptor: Int32, in fileSystem: any FileSystem
) throws(FileError) -> Bool {
  let named = try attempt("stat", path) { () throws(SystemError) in try fileSystem.status(path) }
  let opened = try attempt("stat", path) { () throws(SystemError) in try fileSystem.status(of: descriptor) }
  return named.device == opened.device && named.inode == opened.inode
}
