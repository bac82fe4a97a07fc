import NIOCore

/// A request that is refused before there is one: by its size, or because it is none.
struct RefusedHead: Sendable {
  var error: ServiceError
}

/// Watches the bytes in front of the HTTP decoder: how long request lines and headers are, and how slowly they and
/// bodies come.
///
/// The decoder has limits too, but one error for all of them; what it sees here is always below its own. Heads are
/// passed on one by one, so that whoever reads them can say how long the body is before its bytes are looked at.
final class HeadGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = Never

  /// Method, version and spaces of a request line.
  private static let lineOverhead = 64

  private let limits: ServiceLimits
  private var isRefused = false
  /// Line breaks of the current head; 0 in the request line.
  private var lineCount = 0
  /// Bytes of the current line, and of the lines after the first.
  private var lineBytes = 0
  private var headerBytes = 0
  /// Bytes of the current body that have not come yet.
  private var bodyBytes = 0
  private var timer: Scheduled<Void>?
  private var timedPart = Part.none
  /// Whether bytes are waited for: not while the client is held back.
  private var isReading = false

  /// What the last byte belongs to.
  private enum Part {
    case none, head, body
  }

  init(_ limits: ServiceLimits) { self.limits = limits }

  /// Says that a body comes after the head that was passed on last.
  func expectBody(_ byteCount: Int) { bodyBytes = byteCount }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = false
    var buffer = unwrapInboundIn(data)
    while !isRefused, buffer.readableBytes > 0 {
      let isBody = bodyBytes > 0
      let count = isBody ? min(bodyBytes, buffer.readableBytes) : headByteCount(buffer)
      if isBody { bodyBytes -= count }
      if !isBody, let refusal = excess {
        isRefused = true
        timer?.cancel()
        return context.fireUserInboundEventTriggered(RefusedHead(error: refusal))
      }
      guard let slice = buffer.readSlice(length: count) else { return }
      context.fireChannelRead(wrapInboundOut(slice))
    }
  }

  /// How many bytes belong to the current head, up to its end or to the first byte that is too much.
  private func headByteCount(_ buffer: ByteBuffer) -> Int {
    buffer.withUnsafeReadableBytes { bytes in
      for (offset, byte) in bytes.enumerated() where take(byte) || excess != nil { return offset + 1 }
      return bytes.count
    }
  }

  /// - Returns: whether the byte is the last one of a head.
  private func take(_ byte: UInt8) -> Bool {
    if lineCount > 0 { headerBytes += 1 }
    guard byte == UInt8(ascii: "\n") else {
      if byte != UInt8(ascii: "\r") || lineBytes > 0 { lineBytes += 1 }
      return false
    }
    let isEmpty = lineBytes == 0
    lineBytes = 0
    // Empty lines before a request line do not count.
    if isEmpty, lineCount == 0 { return false }
    lineCount += 1
    guard isEmpty else { return false }
    lineCount = 0
    headerBytes = 0
    // The time of the next head is its own, also when it has begun in the same bytes.
    timer?.cancel()
    timedPart = .none
    return true
  }

  private var excess: ServiceError? {
    if lineCount == 0 { return lineBytes > limits.targetBytes + Self.lineOverhead ? .targetTooLong : nil }
    return headerBytes > limits.headerBytes || lineCount > limits.headerFields + 1 ? .headersTooLarge : nil
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let part: Part = bodyBytes > 0 ? .body : lineCount > 0 || lineBytes > 0 ? .head : .none
    if part != timedPart, !isRefused {
      timer?.cancel()
      timedPart = part
      if part != .none { watch(context) }
    }
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    isReading = true
    context.read()
  }

  /// Cuts off a client that takes too long; one that is held back has all the time again.
  private func watch(_ context: ChannelHandlerContext) {
    let time = timedPart == .head ? limits.headTime : limits.bodyTime
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [self] in
      if isReading { context.close(promise: nil) } else { watch(context) }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }
}
