import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// What Hummingbird's server makes of a connection that it has accepted: HTTP/1.1 between handlers of ours.
struct EndpointChannel: ServerChildChannel {
  /// Bytes of a connection that are read before the others have their turn: some dozens of requests.
  private static let readByteCount = 2 << 10
  /// Bytes of answers that the system takes on beside those that are on their way. Without a limit they are
  /// megabytes for everybody who does not read, and made for nobody.
  private static let unsentByteCount = 64 << 10
  private static let unsentLowWater = NIOBSDSocket.Option(rawValue: TCP_NOTSENT_LOWAT)

  struct Value: ServerChildChannelValue {
    let channel: any Channel
  }

  let endpoint: Endpoint
  let limits: ServiceLimits
  private let clock = HTTPDate()
  /// One for each event loop.
  private let turns: [ObjectIdentifier: NIOLoopBoundBox<TurnQueue>]

  init(_ endpoint: Endpoint, limits: ServiceLimits, eventLoops: any EventLoopGroup) {
    self.endpoint = endpoint
    self.limits = limits
    turns = Dictionary(
      uniqueKeysWithValues: eventLoops.makeIterator().map { loop in
        (ObjectIdentifier(loop), .makeBoxSendingValue(TurnQueue(eventLoop: loop), eventLoop: loop))
      })
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      guard let turns = turns[ObjectIdentifier(channel.eventLoop)]?.value else {
        preconditionFailure("a connection of an event loop that is none of the server's")
      }
      if let options = channel.syncOptions {
        try options.setOption(.maxMessagesPerRead, value: 1)
        try options.setOption(
          .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readByteCount))
        // Connections work without it too.
        try? options.setOption(.tcpOption(Self.unsentLowWater), value: Self.unsentByteCount)
      }
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
      try pipeline.addHandler(ConnectionHandler(endpoint, clock: clock, turns: turns, limits: limits))
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
