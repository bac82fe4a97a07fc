import Glibc

/// What a git command prints, in pieces between NULs, as they are asked for.
///
/// Nothing of a repository's configuration is run, and nothing is fetched. A command that cannot be started, or is
/// silent for too long, prints nothing.
final class GitOutput {
  /// Milliseconds without a byte after which the command is given up.
  private static let patience: Int32 = 10_000
  /// A longer piece is no name of a file: the command is given up.
  private static let longestPiece = 1 << 16

  private var process: pid_t = 0
  private var descriptor: Int32 = -1
  private var bytes: [UInt8] = []
  private var next = 0
  private var hasEnded = false
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)

  init(_ arguments: [String], in folder: String) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    let command = [
      "git", "--no-pager", "-C", folder, "-c", "log.showSignature=false", "-c", "core.fsmonitor=false",
    ]
    let words: [UnsafeMutablePointer<CChar>?] = (command + arguments).map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] =
      (Self.environment + ["GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0"]).map {
        strdup($0)
      }
      + [nil]
    defer { for word in words + variables { free(word) } }
    guard posix_spawnp(&process, "git", &actions, nil, words, variables) == 0 else {
      process = 0
      close(ends[0])
      return
    }
    descriptor = ends[0]
  }

  deinit { finish() }

  /// The next piece, nil at the end.
  func piece() -> String? {
    while true {
      if let end = bytes[next...].firstIndex(of: 0) {
        defer { next = end + 1 }
        return String(decoding: bytes[next..<end], as: UTF8.self)
      }
      bytes.removeFirst(next)
      next = 0
      guard bytes.count <= Self.longestPiece, fill() else { return nil }
    }
  }

  /// Whether the command ended well. The last call.
  @discardableResult
  func finish() -> Bool {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    guard process > 0 else { return false }
    if !hasEnded { kill(process, SIGTERM) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    process = 0
    return status == 0
  }

  private func fill() -> Bool {
    guard descriptor >= 0 else { return false }
    while true {
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, Self.patience)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return false }
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        hasEnded = count == 0
        return false
      }
      bytes += chunk[..<count]
      return true
    }
  }

  /// The variables of this program but those that would lead git to another repository.
  private static var environment: [String] {
    var variables: [String] = []
    var place = environ
    while let variable = place.pointee {
      let text = String(cString: variable)
      if !text.hasPrefix("GIT_") { variables.append(text) }
      place += 1
    }
    return variables
  }
}
