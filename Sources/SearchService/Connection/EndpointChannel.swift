import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// What Hummingbird's server makes of a connection that it has accepted: HTTP/1.1 between handlers of ours.
struct EndpointChannel: ServerChildChannel {
  struct Value: ServerChildChannelValue {
    let channel: any Channel
  }

  let endpoint: Endpoint
  let limits: ServiceLimits
  private let clock = HTTPDate()

  init(_ endpoint: Endpoint, limits: ServiceLimits) {
    self.endpoint = endpoint
    self.limits = limits
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let headGuard = HeadGuard(limits)
      try pipeline.addHandler(headGuard)
      // `HeadGuard` is stricter and knows what to answer; these are for the case that it is wrong.
      var decoderLimits = NIOHTTPDecoderLimitConfiguration()
      decoderLimits.maxHeaderFieldSize = 32 << 10
      decoderLimits.maxHeaderListSize = 64 << 10
      decoderLimits.maxHeaderFieldCount = 200
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
      try pipeline.addHandler(HostGuard(headGuard))
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(ConnectionHandler(endpoint, clock: clock, limits: limits))
      return Value(channel: channel)
    }
  }

  /// Everything happens in the handlers: this waits for the end, and makes it when the time to stop is over.
  func handle(value: Value, logger: Logger) async {
    await withTaskCancellationHandler {
      try? await value.channel.closeFuture.get()
    } onCancel: {
      value.channel.close(promise: nil)
    }
  }
}
