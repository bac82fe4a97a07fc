import Glibc

/// An index file in memory, read only, until the last reference goes.
///
/// Index files never change once they have their name, so the bytes stay as they are, also after the file
/// was removed. Only a foreign process that cuts the file short can break this (the system answers SIGBUS).
///
/// `@unchecked Sendable` is right because nothing changes after `init` and the bytes are only read.
@safe
package final class MappedFile: @unchecked Sendable {
  /// The name inside its directory.
  package let name: String
  package let byteCount: Int
  private let start: UnsafeRawPointer?
  private let release: @Sendable () -> Void
  /// Whether the bytes are pages of a file, which come back when they are read again.
  private let isFile: Bool

  /// Takes over `bytes`, which must not change and must stay readable until `release` is called, once.
  package init(
    name: String, bytes: UnsafeRawBufferPointer, isFile: Bool = false, release: @escaping @Sendable () -> Void
  ) {
    self.name = name
    self.byteCount = bytes.count
    unsafe self.start = bytes.baseAddress
    self.release = release
    self.isFile = isFile
  }

  deinit { release() }

  /// The whole file; valid only while this object lives, so prefer `withBytes`.
  package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: byteCount) }

  /// Gives the memory of bytes that were read back to the system, so that reading a large file once does not count as
  /// keeping it. They may be read again.
  package func forget(_ range: Range<Int>) {
    guard isFile, let start = unsafe start else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (max(range.lowerBound, 0) + page - 1) / page * page
    let end = min(range.upperBound, byteCount) / page * page
    guard page > 0, first < end else { return }
    // Sound: whole pages of a read-only mapping of a file that does not change; advice that fails changes nothing.
    unsafe _ = madvise(UnsafeMutableRawPointer(mutating: start + first), end - first, MADV_DONTNEED)
  }

  /// The whole file as a span that cannot outlive it: the one place where the pointer becomes safe to use.
  package func withBytes<R, Failure: Error>(_ body: (RawSpan) throws(Failure) -> R) throws(Failure) -> R {
    // Sound: the span cannot escape `body`, and the object, hence the mapping, lives until it returned.
    defer { extendLifetime(self) }
    return try body(unsafe bytes.bytes)
  }
}
