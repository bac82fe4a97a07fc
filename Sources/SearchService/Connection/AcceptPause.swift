import Glibc
import Logging
import NIOCore
import NIOPosix

/// Leaves the listening socket alone for a moment when a connection cannot be accepted for want of descriptors or memory.
///
/// The client that could not be taken stays in the queue of the system, which would wake the event loop for it again
/// at once, for ever. NIO's own `AcceptBackoffHandler` holds back further reads, but the read that failed is
/// still on: only without automatic reading the socket is not looked at. The same when the last descriptor went to a
/// connection; meanwhile those of the reserve are free. Stands first in the pipeline of the server.
final class AcceptPause: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never
  typealias OutboundOut = Never

  /// Long enough to cost nothing, and short beside the patience of a client.
  static let time = TimeAmount.milliseconds(200)

  private let logger: Logger
  private let reserve = DescriptorReserve()
  private var resumption: Scheduled<Void>?
  /// Whether the log knows; it is told again after a connection was taken.
  private var isReported = false

  init(logger: Logger) {
    self.logger = logger
    _ = reserve.take()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReported = false
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // Not earlier: the row of connections that is being accepted would take the reserve.
    if resumption == nil, !reserve.take() { pause(context, for: EMFILE) }
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? IOError, Self.isShortage(error.errnoCode) {
      pause(context, for: error.errnoCode)
    }
    context.fireErrorCaught(error)
  }

  /// What passes when something else ends. A client that has gone again (`ECONNABORTED`) has left the queue.
  static func isShortage(_ code: CInt) -> Bool {
    [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code)
  }

  private func pause(_ context: ChannelHandlerContext, for code: CInt) {
    guard resumption == nil else { return }
    if !isReported {
      isReported = true
      logger.warning("connections wait", metadata: ["reason": "\(String(cString: strerror(code)))"])
    }
    setReading(false, context)
    reserve.giveUp()
    scheduleResumption(context)
  }

  private func scheduleResumption(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    resumption = context.eventLoop.scheduleTask(in: Self.time) { bound.value.0.resume(bound.value.1) }
  }

  private func resume(_ context: ChannelHandlerContext) {
    guard reserve.take() else { return scheduleResumption(context) }
    resumption = nil
    setReading(true, context)
  }

  private func setReading(_ isOn: Bool, _ context: ChannelHandlerContext) {
    // Fails for a channel that was closed meanwhile, which reads no more.
    try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
  }

  /// What would be read meanwhile is read then.
  func read(context: ChannelHandlerContext) {
    if resumption == nil { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    resumption?.cancel()
    reserve.giveUp()
    context.fireChannelInactive()
  }
}
