/// The system calls that `IndexDirectory` is made of, so that tests can let any of them fail.
///
/// One requirement is one call (`syncDirectory` is three): no retries, no buffering, no policy. A failure is
/// the `errno`, EINTR and short writes included; the layer above knows the file and what to do about it.
package protocol FileSystem: Sendable {
  func open(_ path: String, _ mode: FileOpenMode) throws(SystemError) -> Int32
  /// The descriptor is free afterwards, whatever is thrown.
  func close(_ descriptor: Int32) throws(SystemError)
  /// Up to `buffer.count` bytes; 0 at the end of the file.
  func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  /// Up to `buffer.count` bytes from a place on; the position of `read` stays where it is.
  func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int
  /// Appends the first n bytes and returns n, which may be less than asked for.
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int
  func sync(_ descriptor: Int32) throws(SystemError)
  /// Makes names that came, went or changed in the directory durable.
  func syncDirectory(_ path: String) throws(SystemError)
  func rename(_ path: String, to newPath: String) throws(SystemError)
  func unlink(_ path: String) throws(SystemError)
  func makeDirectory(_ path: String) throws(SystemError)
  /// Takes the exclusive lock of an open file; EWOULDBLOCK when it is taken and `waiting` is false.
  func lock(_ descriptor: Int32, waiting: Bool) throws(SystemError)
  /// Gives the lock back, also where another process still holds a copy of the descriptor.
  func unlock(_ descriptor: Int32) throws(SystemError)
  func status(_ path: String) throws(SystemError) -> FileStatus
  func status(of descriptor: Int32) throws(SystemError) -> FileStatus
  /// Names in the directory in any order, without `.` and `..`, and without names that are not UTF-8.
  func names(in path: String) throws(SystemError) -> [String]
  /// Maps the first `byteCount` > 0 bytes for reading.
  func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeRawPointer
  func unmap(_ start: UnsafeRawPointer, byteCount: Int)
}

/// The three ways in which index files are opened; each closes on exec.
package enum FileOpenMode: Sendable {
  /// An existing file, read only.
  case reading
  /// A new file, for writing and reading; EEXIST when the name is taken.
  case creating
  /// An existing or new file that is only locked, never read, written or cut.
  case locking
}

/// What `stat` says, as far as an index needs it.
package struct FileStatus: Equatable, Sendable {
  package enum Kind: Sendable { case file, directory, other }

  package var kind: Kind
  package var byteCount: Int
  /// Device and inode: two paths with the same numbers are the same file.
  package var device: UInt64
  package var inode: UInt64

  package init(kind: Kind, byteCount: Int, device: UInt64, inode: UInt64) {
    self.kind = kind
    self.byteCount = byteCount
    self.device = device
    self.inode = inode
  }
}
