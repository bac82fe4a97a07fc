import Glibc
package import SearchModel

/// What came of looking into a file.
package struct FileReading: Sendable, Equatable {
  package enum Outcome: Sendable {
    /// Its entries were handed over, or it was named as one that gives none.
    case read
    /// It has the content that was known; nothing was handed over.
    case unchanged
    /// It is not there any more.
    case gone
    /// It is there, but its bytes cannot be had, or not all of the same moment. Says nothing about its content.
    case unreachable
  }

  package var outcome: Outcome
  /// Of the file whose bytes were read.
  package var signature: FileSignature
  package var hash = ContentHash(high: 0, low: 0)
  /// The bytes are so new that another write might leave the same signature.
  package var isUncertain = false

  package init(_ outcome: Outcome, _ signature: FileSignature) {
    self.outcome = outcome
    self.signature = signature
  }
}

extension ContentReader {
  /// Calls `entry` for each entry of the file, in the order of the text, the page first.
  ///
  /// Bad content never throws: it goes to `skipped` and the rest of the input is read.
  ///
  /// - Parameters:
  ///   - known: a file with this hash is not read any further.
  ///   - progress: told the number of bytes of each piece of the file as it is read.
  /// - Throws: only what `entry` throws.
  @discardableResult
  package mutating func read(
    _ file: SourceFile, unless known: ContentHash? = nil, progress: (Int) -> Void = { _ in },
    entry: (Entry) throws -> Void, skipped: (SkippedInput) -> Void
  ) throws -> FileReading {
    func end(_ outcome: FileReading.Outcome, _ reason: String, _ info: stat? = nil) -> FileReading {
      skipped(SkippedInput(file: file.name, reason: reason))
      return FileReading(outcome, info.map { FileSignature($0) } ?? file.signature)
    }
    let start = Self.clock()
    // A pipe or a link that took the file's place meanwhile must neither block nor lead away.
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      let isGone = [ENOENT, ENOTDIR, ELOOP, ENXIO].contains(code)
      return end(isGone ? .gone : .unreachable, "it cannot be opened: \(errorText(code))")
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else {
      return end(.unreachable, "it cannot be read: \(errorText(errno))")
    }
    guard isRegular(info) else { return end(.gone, "it is not a regular file") }
    if ContentFormat(name: file.name) == .jsonLines {
      return try readLines(
        of: file, descriptor, info, start, unless: known, progress: progress, entry: entry, skipped: skipped)
    }
    for _ in 1...2 {
      guard info.st_size <= fileByteLimit else { return end(.read, tooLarge, info) }
      switch Self.readAll(descriptor, expecting: Int(info.st_size), limit: fileByteLimit) {
      case .failure(let problem):
        return end(.unreachable, "it cannot be read: \(errorText(problem.code))")
      case .success(let bytes):
        var after = stat()
        guard fstat(descriptor, &after) == 0 else {
          return end(.unreachable, "it cannot be read: \(errorText(errno))")
        }
        if Self.isUnchanged(info, after), bytes.count == Int(after.st_size) {
          progress(bytes.count)
          var reading = FileReading(.read, FileSignature(after))
          reading.hash = ContentHash(bytes)
          reading.isUncertain = Self.isUncertain(reading.signature, readAt: start)
          if reading.hash == known {
            reading.outcome = .unchanged
          } else {
            try read(bytes, name: file.name, path: file.path, entry: entry, skipped: skipped)
          }
          return reading
        }
        info = after
      }
    }
    return end(.unreachable, "it changed while it was being read")
  }

  private mutating func readLines(
    of file: SourceFile, _ descriptor: Int32, _ before: stat, _ start: timespec, unless known: ContentHash?,
    progress: (Int) -> Void, entry: (Entry) throws -> Void, skipped: (SkippedInput) -> Void
  ) throws -> FileReading {
    var reading = FileReading(.read, FileSignature(before))
    if let known, let hash = Self.hash(of: descriptor) {
      reading.hash = hash
      reading.isUncertain = Self.isUncertain(reading.signature, readAt: start)
      if hash == known {
        progress(Int(before.st_size))
        reading.outcome = .unchanged
        return reading
      }
    }
    var hasher = ContentHasher()
    lseek(descriptor, 0, SEEK_SET)
    let fields = plan.source(of: file.path, name: file.name).source.options.fields
    try readJSONL(
      from: descriptor, name: file.name, fields: fields, progress: progress, bytes: { hasher.update($0) },
      entry: entry, skipped: skipped)
    var after = stat()
    let isWhole = fstat(descriptor, &after) == 0 && Self.isUnchanged(before, after)
    if !isWhole { skipped(SkippedInput(file: file.name, reason: "it changed while it was being read")) }
    reading.hash = hasher.value
    // Each line was whole, so those read may stay; the next run looks again.
    reading.isUncertain = !isWhole || Self.isUncertain(reading.signature, readAt: start)
    return reading
  }

  /// Calls `entry` for each line of a stream of JSON objects; memory is bounded by the longest line.
  ///
  /// - Parameters:
  ///   - fields: field of an entry by the key of an object, where they differ.
  ///   - bytes: shown each piece as it is read.
  ///   - deleted: takes the ids of lines with `"_delete": true`; without it they are bad lines.
  package mutating func readJSONL(
    from descriptor: Int32, name: String, fields: [String: String] = [:], progress: (Int) -> Void = { _ in },
    bytes: (UnsafeRawBufferPointer) -> Void = { _ in }, entry: (Entry) throws -> Void,
    deleted: ((String) throws -> Void)? = nil, skipped: (SkippedInput) -> Void
  ) throws {
    var lines = JSONLinesReader(name: name, fields: fields, deleted: deleted)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN {
          // Standard input may be non-blocking: wait until there is something to read.
          var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&wait, 1, -1)
          continue
        }
        skipped(SkippedInput(file: name, reason: "it cannot be read to its end: \(errorText(code))"))
        break
      }
      if count == 0 { break }
      progress(count)
      buffer.withUnsafeBytes { bytes(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      try lines.feed(buffer[..<count], entry: entry, skipped: skipped)
    }
    try lines.finish(entry: entry, skipped: skipped)
  }

  // MARK: - Bytes of a file

  struct ReadProblem: Error { var code: Int32 }

  /// Everything from the start of the file, up to one byte past the limit.
  static func readAll(
    _ descriptor: Int32, expecting size: Int, limit: Int
  ) -> Result<[UInt8], ReadProblem> {
    var code: Int32 = 0
    // One byte more than expected, so that growth is seen without another call.
    let capacity = min(size, limit) + 1
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      while count < capacity {
        let got = pread(descriptor, buffer.baseAddress! + count, capacity - count, off_t(count))
        if got < 0 {
          if errno == EINTR { continue }
          code = errno
          return
        }
        if got == 0 { return }
        count += got
      }
    }
    return code == 0 ? .success(bytes) : .failure(ReadProblem(code: code))
  }

  /// The hash of the whole file; nil when it cannot be read.
  private static func hash(of descriptor: Int32) -> ContentHash? {
    var hasher = ContentHasher()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var offset = 0
    while true {
      let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return hasher.value }
      buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      offset += count
    }
  }

  private static func isUnchanged(_ a: stat, _ b: stat) -> Bool {
    a.st_size == b.st_size && nanoseconds(a.st_mtim) == nanoseconds(b.st_mtim)
  }

  // MARK: - Files that are too new

  /// The clock that times of files are taken from.
  private static func clock() -> timespec {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &now)
    return now
  }

  /// Whether a write after the reading could leave the same times: they move on in steps, of some milliseconds
  /// in most file systems, of up to two seconds in those that store no fractions.
  private static func isUncertain(_ signature: FileSignature, readAt start: timespec) -> Bool {
    let second: Int64 = 1_000_000_000
    let isCoarse = signature.modificationTime % second == 0 && signature.changeTime % second == 0
    let step = isCoarse ? 2 * second : second / 50
    return max(signature.modificationTime, signature.changeTime) >= nanoseconds(start) - step
  }
}
