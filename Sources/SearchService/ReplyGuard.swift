import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Refuses what is no request, and ends connections in order: after the answers that are due, and not before the
/// client could read the last one.
final class ReplyGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: ServiceLimits
  /// Requests handed on and not answered.
  private var due = 0
  private var refusal: ServiceError?
  /// The reply on its way is the last one.
  private var isLastReply = false
  /// Nothing is answered any more; what comes is thrown away.
  private var isEnding = false
  private var timer: Scheduled<Void>?

  init(_ limits: ServiceLimits) { self.limits = limits }

  // MARK: From the client

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isEnding, refusal == nil else { return }
    if case .head = unwrapInboundIn(data) { due += 1 }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isEnding { context.read() } else { context.fireChannelReadComplete() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let refused = event as? RefusedHead {
      refuse(refused.error, context)
    } else if isEnding, case ChannelEvent.inputClosed? = event as? ChannelEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow: refuse(.headersTooLarge, context)
    case is HTTPParserError, is HTTP1TypeConversionError: refuse(.malformed, context)
    default: context.fireErrorCaught(error)
    }
  }

  // MARK: To the client

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isEnding else {
      promise?.fail(ChannelError.outputClosed)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(let head):
      if head.headerFields[.connection] == "close" { isLastReply = true }
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      due -= 1
      context.write(data, promise: promise)
      if isLastReply {
        end(context)
      } else if due == 0, let refusal {
        send(refusal, context)
      }
    }
  }

  /// A client that does not read is cut off, so that it does not hold its connection for ever.
  func channelWritabilityChanged(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = context.channel.isWritable ? nil : close(context, in: limits.idleTime)
    context.fireChannelWritabilityChanged()
  }

  // MARK: The end

  private func refuse(_ error: ServiceError, _ context: ChannelHandlerContext) {
    guard refusal == nil, !isEnding else { return }
    refusal = error
    if due == 0 { send(error, context) }
  }

  private func send(_ error: ServiceError, _ context: ChannelHandlerContext) {
    var reply = Reply.failure(error)
    reply.fields[.connection] = "close"
    context.write(wrapOutboundOut(.head(reply.head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: reply.body))), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
    end(context)
  }

  /// Says goodbye and listens for a while: closing with unread bytes would reset the connection, and the client
  /// would never see the answer.
  private func end(_ context: ChannelHandlerContext) {
    isEnding = true
    timer?.cancel()
    timer = close(context, in: limits.lingerTime)
    context.flush()
    context.close(mode: .output, promise: nil)
    context.read()
  }

  private func close(_ context: ChannelHandlerContext, in time: Duration) -> Scheduled<Void> {
    context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { context.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }
}
