import Dispatch
import Glibc
import HTTPTypes
import Logging
import SearchModel
import SearchTestSupport
import ServiceLifecycle
import Synchronization

@testable import SearchService

/// The target of a request, in process: any bytes that a decoder lets through, up to the routes' answers.
func addressTarget() throws -> FuzzTarget {
  let site = try SmallSite()
  let server = try makeServer(site)
  return { input in
    let target = "/" + String(decoding: input, as: UTF8.self)
    _ = BaseURL(target)
    _ = Origin(String(target.dropFirst()))
    let request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: target)
    let answer = Answered()
    server.endpoint.answer(request) { answer.set($0.status.code) }
    require(answer.value != 500, "an internal error for \(target)")
    withExtendedLifetime(site) {}
  }
}

/// The bytes of a connection to a live server: what comes back never says that something of ours went wrong.
func httpTarget() throws -> FuzzTarget {
  let site = try SmallSite()
  let server = try makeServer(site)
  let listening = Answered()
  let group = server.services { listening.set($0) }
  Task { try await server.run(group) }
  let port = listening.value
  return { input in
    guard let answer = exchange(input, port) else { fatalError("the server does not take connections") }
    let text = String(decoding: answer, as: UTF8.self)
    require(!text.hasPrefix("HTTP/1.1 500"), "an internal error: \(text.prefix(400))")
    require(!text.contains("\nHTTP/1.1 500"), "an internal error: \(text.prefix(4_000))")
    withExtendedLifetime(site) {}
  }
}

/// A number that another thread gives, and that is waited for.
private final class Answered: Sendable {
  private let number = Mutex<Int>(0)
  private let isThere = DispatchSemaphore(value: 0)

  func set(_ value: Int) {
    number.withLock { $0 = value }
    isThere.signal()
  }

  /// Once.
  var value: Int {
    isThere.wait()
    return number.withLock { $0 }
  }
}

private func makeServer(_ site: SmallSite) throws -> SearchServer {
  var options = SearchServer.Options(port: 0)
  options.limits.queryTime = .seconds(60)
  return try SearchServer(
    site.directory, options: options, logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
}

/// Sends bytes, says that nothing more comes, and reads until the server closes.
private func exchange(_ bytes: UnsafeRawBufferPointer, _ port: Int) -> [UInt8]? {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  // No connection waits for the end of an old one, of which there would be too many.
  var linger = linger(l_onoff: 1, l_linger: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  var limit = timeval(tv_sec: 20, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let result = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard result == 0 else { return nil }
  if let base = bytes.baseAddress, send(descriptor, base, bytes.count, Int32(MSG_NOSIGNAL)) < 0 { return [] }
  shutdown(descriptor, Int32(SHUT_WR))
  var answer: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN { fatalError("no answer and no end within 20 seconds") }
    guard count > 0 else { return answer }
    answer += buffer[..<count]
  }
}
