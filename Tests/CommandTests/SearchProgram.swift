import Glibc
import SearchTestSupport
import Synchronization

/// What a finished program left behind.
struct Outcome {
  /// The exit code, or the number of the signal that ended it, below zero.
  var status: Int32
  var output: [UInt8]
  var errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
  var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  /// Standard output as one JSON value followed by a line break.
  func json() throws -> ParsedJSON { try ParsedJSON(parsing: output) }
}

/// The `search` that this test was built with, run as its users run it: arguments, files, streams.
enum SearchProgram {
  /// Beside the test bundle, where the package manager puts both.
  static let path: String = {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    let bundle = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
    return bundle[..<(bundle.lastIndex(of: "/") ?? bundle.startIndex)] + "/search"
  }()

  static func run(_ arguments: String..., in folder: String = "/", input: String = "") throws -> Outcome {
    try run(arguments, in: folder, input: input)
  }

  static func run(_ arguments: [String], in folder: String = "/", input: String = "") throws -> Outcome {
    let program = try RunningProgram([path] + arguments, in: folder)
    try program.send(input)
    return try program.finish()
  }

  /// Runs the program with a standard output that nobody reads any more.
  static func runWithClosedOutput(_ arguments: [String], in folder: String = "/") throws -> Outcome {
    let program = try RunningProgram([path] + arguments, in: folder, outputIsClosed: true)
    return try program.finish()
  }
}

/// A process with a pipe and files of ours as its streams. Its environment is the one given, nothing else.
final class RunningProgram {
  struct LaunchError: Error { var call: String, code: Int32 }

  static let environment = {
    var variables = ["PATH=/usr/bin:/bin", "COLUMNS=80", "SWIFT_BACKTRACE=enable=no"]
    // What `Scripts/sanitize` sets, for a program that is built with the same sanitizer.
    for name in ["ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LD_PRELOAD"] {
      if let value = getenv(name) { variables.append(name + "=" + String(cString: value)) }
    }
    return variables
  }()

  /// Held while a pipe exists that a process started meanwhile would inherit: one that kept the write end of
  /// another's input would keep it from ever ending.
  private static let starting = Mutex<Void>(())

  let process: pid_t
  private var input: Int32
  /// Holds standard output and standard error, as files.
  private let streams: TemporaryDirectory

  init(
    _ command: [String], in folder: String = "/", environment: [String] = RunningProgram.environment,
    outputIsClosed: Bool = false
  ) throws {
    // Writing to a program that has ended is an error that the caller sees, not the end of the tests.
    signal(SIGPIPE, SIG_IGN)
    streams = try TemporaryDirectory()
    try streams.write("output", "")
    try streams.write("errors", "")
    let outputPath = streams.path(of: "output")
    let errorsPath = streams.path(of: "errors")
    (process, input) = try Self.starting.withLock { _ in
      let (inputEnd, inputStart) = try Self.pipe()
      defer { close(inputEnd) }
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      posix_spawn_file_actions_adddup2(&actions, inputEnd, STDIN_FILENO)
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errorsPath, O_WRONLY | O_APPEND, 0)
      var closedOutput: Int32 = -1
      if outputIsClosed {
        let (end, start) = try Self.pipe()
        close(end)
        closedOutput = start
        posix_spawn_file_actions_adddup2(&actions, start, STDOUT_FILENO)
      } else {
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, outputPath, O_WRONLY | O_APPEND, 0)
      }
      defer { if closedOutput >= 0 { close(closedOutput) } }
      let process = try Self.spawn(command, in: folder, environment: environment, &actions)
      return (process, inputStart)
    }
  }

  deinit { closeInput() }

  /// Read end and write end, closed in every program that starts.
  private static func pipe() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw LaunchError(call: "pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ command: [String], in folder: String, environment: [String], _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    // A child of a shell starts with this signal as the system has it; here it is ignored.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    // A process cannot be started in another folder; a shell goes there and becomes the program.
    let command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + command
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, command[0], &actions, &attributes, &arguments, &variables)
    guard code == 0 else { throw LaunchError(call: "posix_spawn", code: code) }
    return process
  }

  /// Returns when the pipe has taken everything: whatever is beyond its capacity, the program has read.
  func send(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      if count < 0, errno == EPIPE { return }
      guard count > 0 else { throw LaunchError(call: "write", code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  private func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Sends a signal.
  func send(signal number: Int32) { kill(process, number) }

  /// What it has written to standard output so far.
  var output: String { get throws { String(decoding: try streams.read("output"), as: UTF8.self) } }

  /// What it has written to standard error so far.
  var errors: String { get throws { String(decoding: try streams.read("errors"), as: UTF8.self) } }

  /// Ends the program's input and waits for its end.
  func finish() throws -> Outcome {
    closeInput()
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw LaunchError(call: "waitpid", code: errno) }
    }
    let signal = status & 0x7F
    return Outcome(
      status: signal == 0 ? (status >> 8) & 0xFF : -signal, output: try streams.read("output"),
      errors: String(decoding: try streams.read("errors"), as: UTF8.self))
  }
}

/// A folder with content and, beside it, its index in `index`.
struct Site {
  let folder: TemporaryDirectory

  init(_ files: [String: String] = [:]) throws {
    folder = try TemporaryDirectory()
    try folder.makeDirectory("content")
    for (name, text) in files { try folder.write("content/" + name, text) }
  }

  /// Runs `search index --index index content` and further arguments.
  @discardableResult
  func index(_ arguments: String..., into name: String = "index") throws -> Outcome {
    try SearchProgram.run(["index", "--index", name, "content"] + arguments, in: folder.path)
  }

  /// Runs a command on the index.
  func search(_ command: String, _ arguments: String...) throws -> Outcome {
    try search(command, arguments)
  }

  func search(_ command: String, _ arguments: [String]) throws -> Outcome {
    try SearchProgram.run([command, "--index", "index"] + arguments, in: folder.path)
  }

  /// Name and bytes of the segment files of the current commit: what depends on the content alone.
  func segments(in name: String = "index") throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let status = try SearchProgram.run("status", "--index", name, "--json", in: folder.path).json()
    for segment in status["segments"].elements {
      guard let file = segment["file"].string else { continue }
      files[file] = try folder.read("\(name)/\(file)")
    }
    return files
  }
}
