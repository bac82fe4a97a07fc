import Glibc

/// The directory of one index: the only door to its files.
///
/// Files are written once, under a temporary name, and get their own name when they are complete and on the
/// disk. Nothing is ever changed in place. Names are plain: no `/`, no NUL, not `.` or `..`; any other name is
/// refused with EINVAL, because names also come out of manifests that may be forged.
package struct IndexDirectory: Sendable {
  /// What the names of unfinished files begin with. The holder of the writer lock may remove all but its own.
  package static let temporaryPrefix = "tmp-"
  /// The file that writers lock. It stays for ever: whoever removed it would let in a second writer.
  package static let lockName = "lock"

  package let path: String
  private let fileSystem: any FileSystem

  package init(path: String, fileSystem: any FileSystem = POSIXFileSystem()) {
    self.path = path
    self.fileSystem = fileSystem
  }

  // MARK: The directory

  /// Makes the directory and what is missing above it, durably. Fine if it is there.
  package func create() throws {
    var missing: [String] = []
    var existing: String? = path
    while let candidate = existing, try !isDirectory(candidate) {
      missing.append(candidate)
      existing = parent(of: candidate)
    }
    // Whoever made the lowest existing one may have died before the next step. Where its parent must not
    // even be opened, it was not made by us.
    if let existing, let parent = parent(of: existing) {
      do throws(FileError) { try sync(parent) } catch { if error.code != EACCES { throw error } }
    }
    for directory in missing.reversed() {
      do throws(FileError) {
        try attempt("mkdir", directory) { () throws(SystemError) in try fileSystem.makeDirectory(directory) }
      } catch {
        // There by now: another process was faster, or the path ends in a dot.
        guard error.code == EEXIST, try isDirectory(directory) else { throw error }
      }
      if let parent = parent(of: directory) { try sync(parent) }
    }
  }

  /// Whether the directory is there; EEXIST when something else is.
  private func isDirectory(_ path: String) throws(FileError) -> Bool {
    do throws(FileError) {
      let status = try attempt("stat", path) { () throws(SystemError) in try fileSystem.status(path) }
      if status.kind == .directory { return true }
    } catch {
      if error.isNotFound { return false }
      throw error
    }
    throw FileError(operation: "mkdir", path: path, code: EEXIST)
  }

  /// Whether the directory is there. One that cannot be inspected counts as there: the next call says why.
  package func exists() -> Bool {
    do throws(FileError) {
      let status = try attempt("stat", path) { () throws(SystemError) in try fileSystem.status(path) }
      return status.kind == .directory
    } catch {
      return !error.isNotFound
    }
  }

  /// All names in the directory in byte order, the lock and temporary files included.
  package func fileNames() throws -> [String] {
    let names = try attempt("readdir", path) { () throws(SystemError) in try fileSystem.names(in: path) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes durable which names the directory has: the last step of a commit, and the first of cleaning up.
  package func sync() throws {
    try sync(path)
  }

  private func sync(_ path: String) throws(FileError) {
    try attempt("fsync", path) { () throws(SystemError) in try fileSystem.syncDirectory(path) }
  }

  /// Takes the right to write, by a lock on the file `lock`. Readers need none.
  ///
  /// - Throws: `IndexLockedError` when another writer has it for longer than the `patience`.
  package func lockForWriting(patience: LockPatience = .none) throws -> WriterLock {
    try WriterLock(path: path(of: Self.lockName), fileSystem: fileSystem, patience: patience)
  }

  // MARK: Reading

  /// The file in memory, read only. An empty file is fine.
  package func map(_ name: String) throws -> MappedFile {
    let path = try path(of: checked(name))
    return try withOpenFile(path) { (descriptor, byteCount) throws(FileError) in
      try MappedFile(
        name: name, path: path, descriptor: descriptor, byteCount: byteCount, fileSystem: fileSystem)
    }
  }

  /// The bytes of a small file. A file of more than `limit` bytes is refused with EFBIG.
  package func read(_ name: String, limit: Int) throws -> [UInt8] {
    let path = try path(of: checked(name))
    return try withOpenFile(path) { (descriptor, byteCount) throws(FileError) in
      guard byteCount <= limit else { throw FileError(operation: "read", path: path, code: EFBIG) }
      var bytes = [UInt8](repeating: 0, count: byteCount)
      var filled = 0
      while filled < byteCount {
        var span = bytes.mutableSpan
        // Sound: the pointer does not leave the closure, and `filled < byteCount`.
        let count = unsafe try span.withUnsafeMutableBytes { (buffer) throws(FileError) in
          try attempt("read", path) { () throws(SystemError) in
            unsafe try fileSystem.read(
              descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
          }
        }
        // Shorter than it was a moment ago: index files do not change, so this one is not to be trusted.
        guard count > 0 else { throw FileError(operation: "read", path: path, code: ESTALE) }
        filled += count
      }
      return bytes
    }
  }

  /// Runs `body` with the descriptor and the size of a regular file.
  private func withOpenFile<R>(
    _ path: String, _ body: (Int32, Int) throws(FileError) -> R
  ) throws(FileError) -> R {
    let descriptor = try attempt("open", path) { () throws(SystemError) in
      try fileSystem.open(path, .reading)
    }
    defer { try? fileSystem.close(descriptor) }  // nothing was written through it
    let status = try attempt("stat", path) { () throws(SystemError) in
      try fileSystem.status(of: descriptor)
    }
    switch status.kind {
    case .file: return try body(descriptor, status.byteCount)
    case .directory: throw FileError(operation: "open", path: path, code: EISDIR)
    case .other: throw FileError(operation: "open", path: path, code: EINVAL)
    }
  }

  // MARK: Writing

  /// Writes a file: temporary name, everything `body` writes, fsync, rename to `name`.
  ///
  /// Complete under its name as soon as this returns, durable once `sync()` returned. On any error, `body`'s
  /// own included, the temporary file is removed (best effort) and `name` stays what it was. A failed fsync is
  /// final: the system forgets unwritten pages after it, so that a second one would report a success that is none.
  package func write<R>(_ name: String, _ body: (inout FileWriter) throws -> R) throws -> R {
    let finalPath = try path(of: checked(name))
    let temporary = try createTemporary(for: name)
    var isOpen = true
    do {
      var writer = FileWriter(
        fileSystem: fileSystem, descriptor: temporary.descriptor, path: temporary.path)
      let result = try body(&writer)
      try writer.flush()
      try attempt("fsync", temporary.path) { () throws(SystemError) in
        try fileSystem.sync(temporary.descriptor)
      }
      isOpen = false
      try close(temporary.descriptor, temporary.path)
      try attempt("rename", finalPath) { () throws(SystemError) in
        try fileSystem.rename(temporary.path, to: finalPath)
      }
      return result
    } catch {
      if isOpen { try? fileSystem.close(temporary.descriptor) }
      _ = try? attempt("unlink", temporary.path) { () throws(SystemError) in
        try fileSystem.unlink(temporary.path)
      }
      throw error
    }
  }

  /// A file for intermediate results that nobody else sees.
  package func scratchFile() throws -> ScratchFile {
    let temporary = try createTemporary(for: "scratch")
    return ScratchFile(
      fileSystem: fileSystem, descriptor: temporary.descriptor, path: temporary.path, name: temporary.name)
  }

  package func remove(_ name: String) throws {
    let path = try path(of: checked(name))
    try attempt("unlink", path) { () throws(SystemError) in try fileSystem.unlink(path) }
  }

  private func createTemporary(
    for name: String
  ) throws(FileError) -> (descriptor: Int32, path: String, name: String) {
    var number = 0
    while true {
      // The plain name is free, unless a killed process left it or another thread uses it right now.
      let temporaryName = Self.temporaryPrefix + name + (number == 0 ? "" : ".\(number)")
      let temporaryPath = path(of: temporaryName)
      do throws(FileError) {
        let descriptor = try attempt("open", temporaryPath) { () throws(SystemError) in
          try fileSystem.open(temporaryPath, .creating)
        }
        return (descriptor, temporaryPath, temporaryName)
      } catch {
        guard error.code == EEXIST, number < 10_000 else { throw error }
        number += 1
      }
    }
  }

  /// Closes a file that was written. Late write errors show up here (NFS, quotas).
  private func close(_ descriptor: Int32, _ path: String) throws(FileError) {
    do throws(SystemError) {
      try fileSystem.close(descriptor)
    } catch {
      // Linux has closed it when it says EINTR, and fsync has already vouched for the bytes.
      if error.code != EINTR { throw FileError(operation: "close", path: path, code: error.code) }
    }
  }

  // MARK: Names

  private func path(of name: String) -> String { path + "/" + name }

  private func checked(_ name: String) throws(FileError) -> String {
    let isPlain =
      !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    guard isPlain else { throw FileError(operation: "open", path: path(of: name), code: EINVAL) }
    return name
  }
}

/// The directory that holds the name of `path`, by its letters; nil for the root, `.`, `..` and nothing at all.
private func parent(of path: String) -> String? {
  var bytes = path.utf8[...]
  while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
  guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else {
    return ["", ".", ".."].contains(path) ? nil : "."
  }
  if bytes.count == 1 { return nil }
  return slash == bytes.startIndex ? "/" : String(bytes[..<slash])
}

extension MappedFile {
  /// Maps a whole open file, whose descriptor may be closed afterwards.
  convenience init(
    name: String, path: String, descriptor: Int32, byteCount: Int, fileSystem: any FileSystem
  ) throws(FileError) {
    guard byteCount > 0 else {  // mmap refuses empty files
      unsafe self.init(name: name, bytes: UnsafeRawBufferPointer(start: nil, count: 0), release: {})
      return
    }
    let start = unsafe try attempt("mmap", path) { () throws(SystemError) in
      unsafe try fileSystem.map(descriptor, byteCount: byteCount)
    }
    // Sound: this is what was mapped; the address is passed on as a number because pointers are not Sendable.
    let address = UInt(bitPattern: start)
    unsafe self.init(
      name: name, bytes: UnsafeRawBufferPointer(start: start, count: byteCount), isFile: true,
      release: {
        if let start = unsafe UnsafeRawPointer(bitPattern: address) {
          unsafe fileSystem.unmap(start, byteCount: byteCount)
        }
      })
    // A file that shrank while it was mapped would answer with SIGBUS, not with an error.
    let status = try attempt("stat", path) { () throws(SystemError) in
      try fileSystem.status(of: descriptor)
    }
    guard status.byteCount == byteCount else {
      throw FileError(operation: "mmap", path: path, code: ESTALE)
    }
  }
}
