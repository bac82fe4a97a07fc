import Glibc
import IndexStorage
import Synchronization

/// SIGINT and SIGTERM as something to wait for, for programs that end in their own time.
///
/// One at a time: signals belong to the process.
final class EndSignals {
  /// Readable once a signal has come.
  let descriptor: Int32

  /// Where the handler, which may do next to nothing, writes.
  private static let pipeStart = Atomic<Int32>(-1)

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw FileError(operation: "pipe", path: "signals", code: errno) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    Self.pipeStart.store(ends[1], ordering: .sequentiallyConsistent)
    for number in [SIGINT, SIGTERM] { signal(number, handleEndSignal) }
    // Whoever started this program may have them blocked, and a program inherits that.
    var ours = sigset_t()
    sigemptyset(&ours)
    for number in [SIGINT, SIGTERM] { sigaddset(&ours, number) }
    pthread_sigmask(SIG_UNBLOCK, &ours, nil)
  }

  deinit {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    let start = Self.pipeStart.exchange(-1, ordering: .sequentiallyConsistent)
    close(start)
    close(descriptor)
  }

  var haveCome: Bool {
    var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&look, 1, 0) > 0
  }

  fileprivate static func tell() {
    let before = errno
    var byte: UInt8 = 0
    _ = write(pipeStart.load(ordering: .sequentiallyConsistent), &byte, 1)
    errno = before
  }
}

private func handleEndSignal(_ number: Int32) { EndSignals.tell() }
