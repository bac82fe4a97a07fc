import Glibc
import IndexStorage
import Logging
import NIOPosix
import Synchronization

/// A file that lines are appended to, by a thread of its own: whoever has a line never waits for the disk.
///
/// What the disk does not take in time is dropped and counted. Before every write the name is looked up: when it
/// stands for another file, or for none, that one is opened. So it can be renamed or truncated at any time.
final class LogFile: Sendable {
  private struct State {
    var pending: [UInt8] = []
    var pendingLines = 0
    var isWriting = false
    var droppedLines = 0
    var isStopped = false
  }

  /// `-` for standard output.
  private let path: String
  private let byteLimit: Int
  private let logger: Logger
  private let threads = NIOThreadPool(numberOfThreads: 1)
  private let state = Mutex(State())
  /// Of the writing thread alone, but for the first opening.
  private let descriptor = Mutex<Int32>(-1)
  private let hasComplained = Atomic<Bool>(false)

  /// - Parameters:
  ///   - path: `-` for standard output.
  ///   - byteLimit: of lines that wait.
  /// - Throws: `FileError` when the file cannot be opened.
  init(path: String, byteLimit: Int = 4 << 20, logger: Logger) throws {
    self.path = path
    self.byteLimit = byteLimit
    self.logger = logger
    try descriptor.withLock { $0 = try Self.open(path) }
    threads.start()
  }

  deinit { descriptor.withLock { if $0 > STDERR_FILENO { close($0) } } }

  /// Lines that were lost because the disk was too slow or refused them.
  var droppedLines: Int { state.withLock { $0.droppedLines } }

  /// Appends one line; its end is added.
  func append(_ line: [UInt8]) {
    let startsWriting = state.withLock { state in
      guard !state.isStopped, state.pending.count + line.count < byteLimit else {
        state.droppedLines += 1
        return false
      }
      state.pending += line
      state.pending.append(UInt8(ascii: "\n"))
      state.pendingLines += 1
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if startsWriting { threads.submit { [self] _ in writePending() } }
  }

  /// Writes what is there and takes no more.
  func stop() async {
    state.withLock { $0.isStopped = true }
    // One thread: what was submitted before runs before.
    try? await threads.runIfActive { [self] in writePending() }
    try? await threads.shutdownGracefully()
    descriptor.withLock { descriptor in
      if descriptor > STDERR_FILENO { close(descriptor) }
      descriptor = -1
    }
  }

  private func writePending() {
    while true {
      let (bytes, lines) = state.withLock { state in
        defer {
          state.pending = []
          state.pendingLines = 0
        }
        state.isWriting = !state.pending.isEmpty
        return (state.pending, state.pendingLines)
      }
      guard !bytes.isEmpty else { return }
      do {
        try write(bytes)
        hasComplained.store(false, ordering: .relaxed)
      } catch {
        state.withLock { $0.droppedLines += lines }
        if !hasComplained.exchange(true, ordering: .relaxed) {
          logger.error("log lines are lost", metadata: ["reason": "\(error)"])
        }
      }
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    try descriptor.withLock { descriptor in
      if path != "-", !Self.isFile(descriptor, named: path) {
        let new = try Self.open(path)
        if descriptor >= 0 { close(descriptor) }
        descriptor = new
      }
      var written = 0
      while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
          written += count
        } else if count < 0, errno == EAGAIN {
          var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&wait, 1, -1)
        } else if !(count < 0 && errno == EINTR) {
          throw FileError(operation: "write", path: path, code: errno)
        }
      }
    }
  }

  private static func open(_ path: String) throws -> Int32 {
    guard path != "-" else { return STDOUT_FILENO }
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o640)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
    return descriptor
  }

  private static func isFile(_ descriptor: Int32, named path: String) -> Bool {
    var open = stat()
    var named = stat()
    return fstat(descriptor, &open) == 0 && stat(path, &named) == 0 && open.st_ino == named.st_ino
      && open.st_dev == named.st_dev
  }
}
