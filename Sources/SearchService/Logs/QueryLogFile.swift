import Glibc
import IndexStorage

/// The lines of a log, whole ones from whatever range of its bytes, so that threads can share a file.
struct QueryLogFile: ~Copyable {
  /// Longer lines are passed over; no line of ours is.
  static let lineLimit = 64 << 10
  private static let blockBytes = 256 << 10

  private let descriptor: Int32
  private let path: String
  /// Nil for what cannot be read at any place, a pipe for one.
  let byteCount: Int?

  /// - Parameter path: `-` for standard input.
  init(_ path: String) throws {
    self.path = path
    descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw FileError(operation: "stat", path: path, code: errno) }
    guard info.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw FileError(operation: "read", path: path, code: EISDIR)
    }
    byteCount = info.st_mode & S_IFMT == S_IFREG ? Int(info.st_size) : nil
  }

  deinit { close(descriptor) }

  /// Calls `body` for each line that begins in a range of bytes; all lines of a pipe.
  ///
  /// - Parameter body: gets a line without its end; nil for one that is too long.
  func forEachLine(startingIn range: Range<Int>, _ body: (Span<UInt8>?) -> Void) throws {
    var block = [UInt8](repeating: 0, count: Self.lineLimit + Self.blockBytes)
    var filled = 0
    // One byte before the range tells whether a line begins with it.
    var offset = max(range.lowerBound - 1, 0)
    var lineStart = offset
    var isPassing = range.lowerBound > 0
    var isTooLong = false
    while lineStart < range.upperBound {
      let count = try read(into: &block, from: filled, at: offset)
      offset += count
      filled += count
      var start = 0
      do {
        let bytes = block.span
        while let end = Self.newline(in: bytes, start..<filled) {
          if !isPassing, lineStart < range.upperBound, end > start {
            body(isTooLong ? nil : bytes.extracting(start..<end))
          }
          isPassing = false
          isTooLong = false
          lineStart += end + 1 - start
          start = end + 1
          if lineStart >= range.upperBound { return }
        }
        if count == 0 {
          if !isPassing, filled > start { body(isTooLong ? nil : bytes.extracting(start..<filled)) }
          return
        }
      }
      if filled - start > Self.lineLimit {
        isTooLong = true
        lineStart += filled - start
        start = filled
      }
      let rest = Array(block[start..<filled])
      block.replaceSubrange(0..<rest.count, with: rest)
      filled -= start
    }
  }

  private func read(into block: inout [UInt8], from filled: Int, at offset: Int) throws -> Int {
    while true {
      let count = block.withUnsafeMutableBytes { bytes in
        let room = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...].prefix(Self.blockBytes))
        return byteCount == nil
          ? Glibc.read(descriptor, room.baseAddress, room.count)
          : pread(descriptor, room.baseAddress, room.count, off_t(offset))
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw FileError(operation: "read", path: path, code: errno) }
    }
  }

  private static func newline(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    bytes.extracting(range).withUnsafeBufferPointer { part in
      guard let base = part.baseAddress, let found = memchr(base, 0x0A, part.count) else { return nil }
      return range.lowerBound + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
    }
  }
}
