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

  /// Takes over `bytes`, which must not change and must stay readable until `release` is called, once.
  package init(name: String, bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void) {
    self.name = name
    self.byteCount = bytes.count
    unsafe self.start = bytes.baseAddress
    self.release = release
  }

  deinit { release() }

  /// The whole file; valid only while this object lives, so prefer `withBytes`.
  package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: byteCount) }

  /// The whole file as a span that cannot outlive it: the one place where the pointer becomes safe to use.
  package func withBytes<R, Failure: Error>(_ body: (RawSpan) throws(Failure) -> R) throws(Failure) -> R {
    // Sound: the span cannot escape `body`, and the object, hence the mapping, lives until it returned.
    defer { extendLifetime(self) }
    return try body(unsafe bytes.bytes)
  }
}
