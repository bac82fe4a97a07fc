import NIOCore
import NIOHTTP1

/// Looks at what is lost on the way to a request without version: whom it is for, and how long a connection lasts.
///
/// HTTP/1.1 requires exactly one valid `Host` (RFC 9112, 3.2); a server in front may read another one than we do.
/// HTTP/1.0 ends a connection after one answer unless the client asks for more. The size of a body is told to
/// `HeadGuard`, which would take its bytes for heads.
final class HostGuard: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private let headGuard: HeadGuard
  private var isRefused = false

  init(_ headGuard: HeadGuard) { self.headGuard = headGuard }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    let hosts = head.headers[canonicalForm: "host"]
    let isOld = head.version == .http1_0
    guard hosts.count == 1 || hosts.isEmpty && isOld, hosts.allSatisfy(Self.isHost) else {
      isRefused = true
      return context.fireUserInboundEventTriggered(RefusedHead(error: .malformed))
    }
    if head.headers.contains(name: "transfer-encoding") {
      // Its end is for the decoder to find; the connection ends after the answer.
      headGuard.expectBody(.max)
    } else if let length = head.headers.first(name: "content-length") {
      headGuard.expectBody(Int(length) ?? .max)
    }
    if isOld, !head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "keep-alive" })
    {
      head.headers.replaceOrAdd(name: "Connection", value: "close")
      return context.fireChannelRead(wrapInboundOut(.head(head)))
    }
    context.fireChannelRead(data)
  }

  /// A name or an address, with or without a port.
  private static func isHost(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "~"):
          true
        default: false
        }
      }
  }
}
