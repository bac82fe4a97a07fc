/// A scratch file gave back other bytes than were written.
package struct ScratchDamage: Error, CustomStringConvertible {
  package init() {}

  package var description: String {
    "a temporary file of the index directory gave back other bytes than were written"
  }
}

/// A file for intermediate results: written, then read or mapped, gone with its last reference.
///
/// Its name is removed as soon as it is open, so that not even a killed process leaves it behind. Never
/// synced: nothing of it has to survive. For one thread at a time.
package final class ScratchFile {
  private var writer: FileWriter
  private let name: String
  /// Whether the file could not be removed at once, and is still to be.
  private let isNamed: Bool

  init(fileSystem: any FileSystem, descriptor: Int32, path: String, name: String) {
    self.name = name
    isNamed = (try? attempt("unlink", path) { () throws(SystemError) in try fileSystem.unlink(path) }) == nil
    writer = FileWriter(fileSystem: fileSystem, descriptor: descriptor, path: path)
  }

  deinit {
    try? writer.fileSystem.close(writer.descriptor)
    if isNamed { try? writer.fileSystem.unlink(writer.path) }
  }

  /// Bytes written so far: the offset of the next byte.
  package var byteCount: Int { writer.byteCount }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) { unsafe try writer.write(bytes) }

  package func write(_ bytes: RawSpan) throws(FileError) { try writer.write(bytes) }

  package func write(_ bytes: [UInt8]) throws(FileError) { try writer.write(bytes) }

  /// Fills the buffer with bytes that were written, from a place on. Unlike a mapping it leaves no pages behind.
  ///
  /// - Throws: `FileError`; `ScratchDamage` when there are not so many.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try writer.flush()
    var done = 0
    while done < buffer.count {
      // Sound: `done` is below the count of the buffer.
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = try attempt("read", writer.path) { () throws(SystemError) in
        unsafe try writer.fileSystem.read(writer.descriptor, at: offset + done, into: rest)
      }
      if count <= 0 { throw ScratchDamage() }
      done += count
    }
  }

  /// Everything written so far. The mapping may outlive this object, and more may be written after it.
  package func map() throws(FileError) -> MappedFile {
    try writer.flush()
    return try MappedFile(
      name: name, path: writer.path, descriptor: writer.descriptor, byteCount: writer.byteCount,
      fileSystem: writer.fileSystem)
  }
}
