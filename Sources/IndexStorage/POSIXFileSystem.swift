import Glibc

/// The real thing.
///
/// Every call into C here hands over a NUL-terminated copy of a Swift string or a buffer together with its own
/// count, both alive for the length of the call: that is what makes the `unsafe` marks below sound, unless a
/// line says more.
package struct POSIXFileSystem: FileSystem {
  package init() {}

  package func open(_ path: String, _ mode: FileOpenMode) throws(SystemError) -> Int32 {
    let flags =
      switch mode {
      // A FIFO in place of an index file must not block; on regular files O_NONBLOCK says nothing.
      case .reading: O_RDONLY | O_NONBLOCK
      case .creating: O_RDWR | O_CREAT | O_EXCL
      case .locking: O_RDWR | O_CREAT
      }
    return unsafe try check(Glibc.open(path, flags | O_CLOEXEC, 0o644))
  }

  package func close(_ descriptor: Int32) throws(SystemError) {
    try check(Glibc.close(descriptor))
  }

  package func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    unsafe try check(Glibc.read(descriptor, buffer.baseAddress, buffer.count))
  }

  package func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    unsafe try check(pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)))
  }

  package func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    unsafe try check(Glibc.write(descriptor, bytes.baseAddress, bytes.count))
  }

  package func sync(_ descriptor: Int32) throws(SystemError) {
    try check(fsync(descriptor))
  }

  package func syncDirectory(_ path: String) throws(SystemError) {
    let descriptor = unsafe try check(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    defer { _ = Glibc.close(descriptor) }  // nothing was written through it
    do throws(SystemError) {
      try check(fsync(descriptor))
    } catch {
      // EINVAL: this file system has no sync for directories (some FUSE and network mounts).
      if error.code != EINVAL { throw error }
    }
  }

  package func rename(_ path: String, to newPath: String) throws(SystemError) {
    unsafe try check(Glibc.rename(path, newPath))
  }

  package func unlink(_ path: String) throws(SystemError) {
    unsafe try check(Glibc.unlink(path))
  }

  package func makeDirectory(_ path: String) throws(SystemError) {
    unsafe try check(mkdir(path, 0o755))
  }

  package func lock(_ descriptor: Int32, waiting: Bool) throws(SystemError) {
    try check(flock(descriptor, waiting ? LOCK_EX : LOCK_EX | LOCK_NB))
  }

  package func unlock(_ descriptor: Int32) throws(SystemError) {
    try check(flock(descriptor, LOCK_UN))
  }

  package func status(_ path: String) throws(SystemError) -> FileStatus {
    var found = stat()
    unsafe try check(stat(path, &found))
    return FileStatus(found)
  }

  package func status(of descriptor: Int32) throws(SystemError) -> FileStatus {
    var found = stat()
    unsafe try check(fstat(descriptor, &found))
    return FileStatus(found)
  }

  package func names(in path: String) throws(SystemError) -> [String] {
    guard let stream = unsafe opendir(path) else { throw SystemError(errno) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0  // the end and a failure both return null
      guard let entry = unsafe readdir(stream) else { break }
      // Sound: d_name is NUL-terminated and stays until the next readdir of this stream.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
      }
      if let name, name != ".", name != ".." { names.append(name) }
    }
    if errno != 0 { throw SystemError(errno) }
    return names
  }

  package func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeRawPointer {
    let start = unsafe mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else { throw SystemError(errno) }
    return UnsafeRawPointer(start)
  }

  package func unmap(_ start: UnsafeRawPointer, byteCount: Int) {
    // Sound: the caller got `start` and `byteCount` from `map` and no longer uses the bytes.
    unsafe munmap(UnsafeMutableRawPointer(mutating: start), byteCount)
  }
}

/// The result of a call, or its `errno` when it is -1.
@discardableResult
private func check<Result: SignedInteger>(_ result: Result) throws(SystemError) -> Result {
  if result == -1 { throw SystemError(errno) }
  return result
}

extension FileStatus {
  init(_ found: stat) {
    let kind: Kind =
      switch found.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .other
      }
    self.init(
      kind: kind, byteCount: Int(found.st_size), device: UInt64(found.st_dev), inode: UInt64(found.st_ino))
  }
}
