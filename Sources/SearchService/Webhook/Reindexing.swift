import Glibc
import Logging
import NIOPosix
import Synchronization

/// Brings the index up to date when it is asked to: by a process of its own, one at a time.
///
/// A run begins when nobody has asked for a moment, so that ten pushes make one run; what is asked for while it runs
/// makes one more. The commit that it publishes is taken over like any other.
final class Reindexing: Sendable {
  struct Timing: Sendable {
    /// Nobody asks for so long before a run begins …
    var quietTime = Duration.seconds(2)
    /// … but it begins after this in any case.
    var longestWait = Duration.seconds(30)
  }

  private struct State {
    var firstRequest: ContinuousClock.Instant?
    var lastRequest: ContinuousClock.Instant?
    var isRunning = false
    var isStopped = false
    var process: pid_t?
    var successes = 0
    var failures = 0
  }

  /// `search index` found another run at work.
  private static let lockedStatus: Int32 = 75

  private let webhook: Webhook
  private let timing: Timing
  private let logger: Logger
  private let threads = NIOThreadPool(numberOfThreads: 1)
  private let state = Mutex(State())

  init(_ webhook: Webhook, timing: Timing = Timing(), logger: Logger) {
    self.webhook = webhook
    self.timing = timing
    self.logger = logger
    threads.start()
  }

  /// Runs that ended well, and others.
  var counts: (successes: Int, failures: Int) { state.withLock { ($0.successes, $0.failures) } }

  /// Asks for a run.
  func request() {
    state.withLock { state in
      let now = ContinuousClock.now
      state.firstRequest = state.firstRequest ?? now
      state.lastRequest = now
    }
  }

  /// Begins a run if it is time for one.
  func runIfDue() {
    let isDue = state.withLock { state in
      guard let first = state.firstRequest, let last = state.lastRequest, !state.isRunning, !state.isStopped
      else { return false }
      let now = ContinuousClock.now
      guard last + timing.quietTime <= now || first + timing.longestWait <= now else { return false }
      state.firstRequest = nil
      state.lastRequest = nil
      state.isRunning = true
      return true
    }
    if isDue { threads.submit { [self] _ in run() } }
  }

  private func run() {
    let start = ContinuousClock.now
    let outcome = state.withLock { state -> Int32 in
      guard !state.isStopped else { return ECANCELED }
      var process: pid_t = 0
      let code = Self.spawn(webhook, &process)
      if code == 0 { state.process = process }
      return code
    }
    var status: Int32 = -1
    if outcome == 0, let process = state.withLock({ $0.process }) {
      var information = siginfo_t()
      // Seen but not collected: until then the number of the process is nobody else's.
      while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
      state.withLock { state in
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        state.process = nil
      }
    }
    let isGood = outcome == 0 && status == 0
    state.withLock { state in
      state.isRunning = false
      if isGood { state.successes += 1 } else { state.failures += 1 }
    }
    let took: Logger.Metadata.Value = "\((ContinuousClock.now - start).microseconds / 1_000) ms"
    if isGood {
      logger.info("index brought up to date", metadata: ["took": took])
    } else if outcome != 0 {
      logger.error(
        "index not brought up to date", metadata: ["reason": "\(String(cString: strerror(outcome)))"])
    } else {
      let isExit = status & 0x7F == 0
      let code = isExit ? (status >> 8) & 0xFF : status & 0x7F
      logger.error(
        "index not brought up to date", metadata: [isExit ? "exit" : "signal": "\(code)", "took": took])
      if isExit, code == Self.lockedStatus { request() }
    }
  }

  /// Starts this program again, with nothing of ours but the streams for messages.
  ///
  /// - Returns: 0 or an error number.
  private static func spawn(_ webhook: Webhook, _ process: inout pid_t) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    // Connections that were open in the new process would not end for their clients.
    for descriptor in openDescriptors() where descriptor > STDERR_FILENO {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    // Those that this program ignores or waits for.
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = webhook.command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = webhook.environment.map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    return posix_spawn(&process, webhook.command.first ?? "", &actions, &attributes, &arguments, &variables)
  }

  private static func openDescriptors() -> [Int32] {
    guard let folder = opendir("/proc/self/fd") else { return [] }
    defer { closedir(folder) }
    var descriptors: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { $0.prefix { $0 != 0 } }
      if let number = Int32(String(decoding: name, as: UTF8.self)) { descriptors.append(number) }
    }
    return descriptors
  }

  /// Begins no run any more and ends the one that is at work; the index stays as it was.
  func stop() async {
    state.withLock { state in
      state.isStopped = true
      if let process = state.process { kill(process, SIGTERM) }
    }
    try? await threads.shutdownGracefully()
  }
}
