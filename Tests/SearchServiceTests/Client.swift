import Dispatch
import Glibc
import IndexStorage

/// A connection to this machine that sends bytes as they are, which no HTTP library does.
final class Client: Sendable {
  private let descriptor: Int32

  /// - Parameter receiveBuffer: bytes that wait to be read; what the system finds right if not given.
  init(port: Int, receiveBuffer: Int32? = nil) async throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw FileError(operation: "connect", path: "\(port)", code: errno) }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Runs blocking calls off the threads that tasks share.
  private func blocking<R: Sendable>(_ body: @escaping @Sendable (Int32) throws -> R) async throws -> R {
    let descriptor = descriptor
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try body(descriptor) }) }
    }
  }

  /// A server that refuses may stop reading: what it does not take is left out.
  func send(_ text: String) async throws {
    try await blocking { descriptor in
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Says that nothing more will be sent.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Everything until the server closes.
  func all() async throws -> String {
    try await blocking { descriptor in
      var bytes: [UInt8] = []
      while let chunk = try Self.receive(descriptor, 65_536) { bytes += chunk }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// One answer, by its Content-Length.
  func response(hasBody: Bool = true) async throws -> String {
    try await blocking { descriptor in
      var bytes: [UInt8] = []
      while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        guard let byte = try Self.receive(descriptor, 1) else { break }
        bytes += byte
      }
      let head = String(decoding: bytes, as: UTF8.self)
      let length =
        head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }.flatMap {
          Int($0.dropFirst(16))
        } ?? 0
      var missing = hasBody ? length : 0
      while missing > 0, let chunk = try Self.receive(descriptor, missing) {
        bytes += chunk
        missing -= chunk.count
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Asks again and again until the answer holds a text.
  func wait(for request: String, until text: String) async throws {
    while true {
      try await send(request)
      let answer = try await response()
      guard !answer.isEmpty else { throw FileError(operation: "recv", path: "server", code: ECONNRESET) }
      if answer.contains(text) { return }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Nil at the end.
  private static func receive(_ descriptor: Int32, _ count: Int) throws -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: count)
    let received = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard received >= 0 else { throw FileError(operation: "recv", path: "server", code: errno) }
    return received == 0 ? nil : Array(chunk[..<received])
  }
}
