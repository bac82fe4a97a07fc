import Glibc

/// A file that is being written, from its first byte to its last; `IndexDirectory.write` hands it out.
///
/// Interrupted and short writes stay invisible. After a failure every further call throws the same error, so
/// that a caller who swallows one cannot end up with a file that has a hole.
package struct FileWriter: ~Copyable {
  /// Large enough that a system call costs nothing beside its bytes, small enough for one per open file.
  private static let bufferByteCount = 256 << 10

  let fileSystem: any FileSystem
  let descriptor: Int32
  let path: String
  /// Bytes written so far, buffered ones included: the offset of the next byte.
  package private(set) var byteCount = 0
  private var buffer: [UInt8] = []
  private var failure: FileError?

  init(fileSystem: any FileSystem, descriptor: Int32, path: String) {
    self.fileSystem = fileSystem
    self.descriptor = descriptor
    self.path = path
  }

  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let failure { throw failure }
    byteCount += bytes.count
    if buffer.count + bytes.count > Self.bufferByteCount { try flush() }
    if bytes.count >= Self.bufferByteCount {
      unsafe try writeThrough(bytes)
    } else {
      if buffer.capacity == 0 { buffer.reserveCapacity(Self.bufferByteCount) }
      unsafe buffer.append(contentsOf: bytes)
    }
  }

  package mutating func write(_ bytes: RawSpan) throws(FileError) {
    // Sound: the pointer does not leave the closure.
    unsafe try bytes.withUnsafeBytes { (bytes) throws(FileError) in unsafe try write(bytes) }
  }

  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    // Sound: every bit pattern of a byte may be read.
    unsafe try write(bytes.span.bytes)
  }

  /// Hands the buffered bytes to the system. They are in the file then, not yet on the disk.
  mutating func flush() throws(FileError) {
    if let failure { throw failure }
    if buffer.isEmpty { return }
    var pending: [UInt8] = []
    swap(&pending, &buffer)
    // Sound: `pending` outlives the call.
    unsafe try pending.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
      unsafe try writeThrough(bytes)
    }
    pending.removeAll(keepingCapacity: true)
    swap(&pending, &buffer)
  }

  private mutating func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    do throws(FileError) {
      var rest = unsafe bytes[...]
      while unsafe !rest.isEmpty {
        let count = try attempt("write", path) { () throws(SystemError) in
          unsafe try fileSystem.write(descriptor, UnsafeRawBufferPointer(rebasing: rest))
        }
        // A regular file never takes nothing; without this line a broken driver would be an endless loop.
        if count <= 0 { throw FileError(operation: "write", path: path, code: EIO) }
        unsafe rest = rest.dropFirst(count)
      }
    } catch {
      failure = error
      throw error
    }
  }
}
