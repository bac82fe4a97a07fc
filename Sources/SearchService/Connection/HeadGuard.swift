import NIOCore

/// A request that is refused before there is one: by its size, or because it is none.
struct RefusedHead: Sendable {
  var error: ServiceError
}

/// Watches the bytes in front of the HTTP decoder: how long request lines and headers are, and how slowly they
/// come.
///
/// The decoder has limits too, but one error for all of them; what it sees here is always below its own. Requests
/// have no bodies (the endpoint refuses them and closes), so all bytes belong to heads.
final class HeadGuard: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// Method, version and spaces of a request line.
  private static let lineOverhead = 64

  private let limits: ServiceLimits
  private var isRefused = false
  /// Line breaks of the current head; 0 in the request line.
  private var lineCount = 0
  /// Bytes of the current line, and of the lines after the first.
  private var lineBytes = 0
  private var headerBytes = 0
  private var timer: Scheduled<Void>?

  init(_ limits: ServiceLimits) { self.limits = limits }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    var buffer = unwrapInboundIn(data)
    // Where the head begins that the last byte belongs to.
    var headStart = 0
    var refusal: ServiceError?
    buffer.withUnsafeReadableBytes { bytes in
      for (offset, byte) in bytes.enumerated() {
        if take(byte) { headStart = offset + 1 }
        refusal = excess
        if refusal != nil { break }
      }
    }
    guard let refusal else {
      context.fireChannelRead(data)
      return
    }
    isRefused = true
    timer?.cancel()
    if headStart > 0, let whole = buffer.readSlice(length: headStart) {
      context.fireChannelRead(wrapInboundOut(whole))
    }
    context.fireUserInboundEventTriggered(RefusedHead(error: refusal))
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
    return true
  }

  private var excess: ServiceError? {
    if lineCount == 0 { return lineBytes > limits.targetBytes + Self.lineOverhead ? .targetTooLong : nil }
    return headerBytes > limits.headerBytes || lineCount > limits.headerFields + 1 ? .headersTooLarge : nil
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let isInHead = lineCount > 0 || lineBytes > 0
    if isInHead, timer == nil, !isRefused {
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.headTime)) {
        context.close(promise: nil)
      }
    } else if !isInHead {
      timer?.cancel()
      timer = nil
    }
    context.fireChannelReadComplete()
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }
}
