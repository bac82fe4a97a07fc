import Glibc
import SearchTestSupport
import Testing

/// `search serve` as a process of its own, with limits of its own.
@Suite struct ServeCommandTests {
  @Test(
    "out of descriptors, the connected are answered, nothing is worked in vain, and there is room for others when some go"
  )
  func descriptors() async throws {
    let site = try Site(["a.md": "# 多集群\n"])
    try site.index()
    let server = try RunningProgram(
      [SearchProgram.path, "serve", "--index", "index", "--port", "0"], in: site.folder.path)
    defer { server.send(signal: SIGKILL) }
    let port = try await server.port()
    let connected = try Connection(port: port)
    #expect(try connected.isAnswered())
    let limit = try server.descriptorCount() + 4
    try server.limitDescriptors(to: limit)
    var others = try (0..<20).map { _ in try Connection(port: port) }
    try server.wait { $0.contains("connections wait") }

    let before = try server.processorTime()
    usleep(1_000_000)
    // Asking for the waiting connections again and again takes whatever a core can give.
    #expect(try server.processorTime() - before < .milliseconds(300))
    // The reserve is free for what ends the process when it cannot open a file; one of it may be in use.
    #expect(try server.descriptorCount() <= limit - 3)
    #expect(try connected.isAnswered())

    others = []
    #expect(try Connection(port: port).isAnswered())
    #expect(try connected.isAnswered())
    server.send(signal: SIGTERM)
    #expect(try server.finish().status == 0)
  }
}

/// A connection to a server on this machine, which is asked for its health.
private final class Connection {
  struct Failure: Error { var call: String, code: Int32 }

  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(call: "connect", code: errno) }
  }

  deinit { close(descriptor) }

  func isAnswered() throws -> Bool {
    let request = Array("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n".utf8)
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      throw Failure(call: "send", code: errno)
    }
    var answer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &answer, answer.count, 0)
    guard count >= 0 else { throw Failure(call: "recv", code: errno) }
    return String(decoding: answer[..<count], as: UTF8.self).hasPrefix("HTTP/1.1 200")
  }
}

extension RunningProgram {
  struct NothingThere: Error { var what: String }

  /// Waits, up to some seconds, for what it writes to standard error.
  ///
  /// It keeps its thread: who gives it up among many tests may get one back when the server has closed what was idle.
  fileprivate func wait(until isThere: (String) -> Bool) throws {
    for _ in 0..<2_000 {
      if isThere(try errors) { return }
      usleep(10_000)
    }
    throw NothingThere(what: try errors)
  }

  /// The port that it says it listens on.
  fileprivate func port() async throws -> UInt16 {
    var port: UInt16?
    try await wait { text in
      guard let start = text.firstRange(of: "address=http://127.0.0.1:")?.upperBound else { return false }
      port = UInt16(text[start...].prefix { $0.isNumber })
      return text[start...].contains("/")
    }
    return try #require(port)
  }

  fileprivate func limitDescriptors(to count: Int) throws {
    // Not callable from Swift, but part of every Debian.
    let outcome = try RunningProgram(["prlimit", "--pid", "\(process)", "--nofile=\(count):\(count)"])
      .finish()
    guard outcome.status == 0 else { throw NothingThere(what: outcome.errors) }
  }

  fileprivate func descriptorCount() throws -> Int {
    guard let folder = opendir("/proc/\(process)/fd") else { throw LaunchError(call: "opendir", code: errno) }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) { if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 } }
    return count
  }

  /// What it has used, of all its threads.
  fileprivate func processorTime() throws -> Duration {
    var clock = clockid_t()
    guard clock_getcpuclockid(process, &clock) == 0 else { throw NothingThere(what: "a clock") }
    var time = timespec()
    clock_gettime(clock, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
