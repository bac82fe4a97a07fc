import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One connection: requests in, answers out in their order, and an end that the client can understand.
///
/// Lives on the event loop. What can be answered at once is answered there, without a change of threads.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = HTTPResponsePart

  /// Answers in a row before the other connections have their turn.
  private static let turnLength = 16
  /// Requests that may wait behind the one under way before the client has to wait itself.
  private static let waitingLimit = 16

  private let endpoint: Endpoint
  private let limits: ServiceLimits
  private let clock: HTTPDate
  private let turns: TurnQueue
  private var peer: ClientAddress?

  private var waiting = CircularBuffer<IncomingRequest>(initialCapacity: 2)
  /// The request that is being answered.
  private var underWay: IncomingRequest?
  /// What the client is told after the answers that are due.
  private var refusal: ServiceError?
  /// The client, or the end of the server, wants no more requests.
  private var isLast = false
  /// Nothing is answered any more; what comes is thrown away.
  private var isEnding = false
  private var isServing = false
  private var waitsForTurn = false
  private var isReadHeldBack = false
  private var lastActivity = NIODeadline.now()
  private var idleTimer: Scheduled<Void>?
  /// Runs while answers wait for the client to read, and at the end.
  private var cutTimer: Scheduled<Void>?

  init(_ endpoint: Endpoint, clock: HTTPDate, turns: TurnQueue, limits: ServiceLimits) {
    self.endpoint = endpoint
    self.clock = clock
    self.turns = turns
    self.limits = limits
  }

  func handlerAdded(context: ChannelHandlerContext) {
    endpoint.metrics.connectionOpened()
    peer = ClientAddress(context.remoteAddress)
    watchIdleness(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    endpoint.metrics.connectionClosed()
    idleTimer?.cancel()
    cutTimer?.cancel()
  }

  // MARK: From the client

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isEnding, refusal == nil else { return }
    lastActivity = .now()
    switch unwrapInboundIn(data) {
    case .head(let request):
      waiting.append(IncomingRequest(request, takesBody: endpoint.takesBody(request)))
      askForBody(context)
    case .body(let part): withLast { $0.body?.append(contentsOf: part.readableBytesView) }
    case .end: withLast { $0.isComplete = true }
    }
  }

  private func withLast(_ change: (inout IncomingRequest) -> Void) {
    guard let last = waiting.indices.last, !waiting[last].isComplete else { return }
    change(&waiting[last])
  }

  /// Forgets a request whose body will not come to its end.
  private func dropIncomplete() {
    if let last = waiting.last, !last.isComplete { waiting.removeLast() }
  }

  /// Tells a client that waits to be told that its body is wanted, when nothing else is to be answered before.
  private func askForBody(_ context: ChannelHandlerContext) {
    guard underWay == nil, !isEnding, waiting.first?.waitsToContinue == true else { return }
    waiting[waiting.startIndex].waitsToContinue = false
    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // One request is answered at once; more of them wait while other connections do.
    if waiting.count > 1, !turns.isEmpty { serveLater(context) } else if !waitsForTurn { serve(context) }
    if isEnding { context.read() }
  }

  /// A client that sends faster than it is answered has to wait.
  func read(context: ChannelHandlerContext) {
    guard isEnding || !holdsEnough && context.channel.isWritable else {
      isReadHeldBack = true
      return
    }
    context.read()
  }

  /// Whether as many requests wait as may; a body that has begun is let in to its end.
  private var holdsEnough: Bool {
    guard waiting.last?.isComplete ?? true else { return false }
    return waiting.count >= Self.waitingLimit
      || waiting.reduce(0) { $0 + ($1.body?.count ?? 0) } > limits.bodyBytes
  }

  func channelInactive(context: ChannelHandlerContext) {
    isEnding = true
    waiting.removeAll()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let refused as RefusedHead: refuse(refused.error, context)
    case is ChannelShouldQuiesceEvent: finish(context)
    case ChannelEvent.inputClosed as ChannelEvent:
      dropIncomplete()
      if isEnding { context.close(promise: nil) } else { finish(context) }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow: refuse(.headersTooLarge, context)
    case is HTTPParserError, is HTTP1TypeConversionError: refuse(.malformed, context)
    default: context.close(promise: nil)
    }
  }

  // MARK: Answers

  /// Answers what waits, one request after the other, for as long as that needs no other thread.
  private func serve(_ context: ChannelHandlerContext) {
    guard !isServing else { return }
    isServing = true
    var count = 0
    while underWay == nil, !isEnding, count < Self.turnLength, context.channel.isWritable,
      waiting.first?.isComplete == true, let request = waiting.popFirst()
    {
      count += 1
      underWay = request
      answer(request, context)
    }
    isServing = false
    askForBody(context)
    if underWay == nil, waiting.isEmpty, !isEnding {
      if let refusal { send(.failure(refusal), to: nil, context) } else if isLast { end(context) }
    }
    if count == Self.turnLength { serveLater(context) }
    context.flush()
    if isReadHeldBack {
      isReadHeldBack = false
      read(context: context)
    }
  }

  private func serveLater(_ context: ChannelHandlerContext) {
    guard !waitsForTurn else { return }
    waitsForTurn = true
    turns.append { [self] in
      waitsForTurn = false
      if !isEnding { serve(context) }
    }
  }

  private func answer(_ incoming: IncomingRequest, _ context: ChannelHandlerContext) {
    let loop = context.eventLoop
    let bound = NIOLoopBound((self, context), eventLoop: loop)
    endpoint.answer(incoming.request, body: incoming.body, from: peer) { reply in
      if loop.inEventLoop {
        bound.value.0.answered(reply, bound.value.1)
      } else {
        loop.execute { bound.value.0.answered(reply, bound.value.1) }
      }
    }
  }

  private func answered(_ reply: Reply, _ context: ChannelHandlerContext) {
    guard let request = underWay else { return }
    underWay = nil
    lastActivity = .now()
    guard !isEnding else { return }
    send(reply, to: request, context)
    serve(context)
  }

  private func send(_ reply: Reply, to incoming: IncomingRequest?, _ context: ChannelHandlerContext) {
    var reply = reply
    let isKept = incoming?.keepsConnection ?? false
    let isLastReply = !isKept || isLast && waiting.isEmpty
    if isLastReply { reply.fields[.connection] = "close" }
    reply.fields[.date] = clock.now()
    context.write(wrapOutboundOut(.head(reply.head)), promise: nil)
    if incoming?.request.method != .head, !reply.body.isEmpty {
      context.write(wrapOutboundOut(.body(ByteBuffer(bytes: reply.body))), promise: nil)
    }
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
    if isLastReply || reply.fields[.connection] == "close" { end(context) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if !isEnding {
      cutTimer?.cancel()
      if context.channel.isWritable { serveLater(context) } else { watchSending(context) }
    }
    context.fireChannelWritabilityChanged()
  }

  /// Bytes of answers that the system has not taken yet.
  private func unsentByteCount(_ context: ChannelHandlerContext) -> Int {
    (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Cuts off a client that reads nothing for a while, so that it does not hold its connection for ever.
  ///
  /// - Parameters:
  ///   - known: bytes that were not sent at the last look.
  ///   - start: since when there were as many.
  private func watchSending(
    _ context: ChannelHandlerContext, unsent known: Int = -1, since start: NIODeadline = .now()
  ) {
    let unsent = unsentByteCount(context)
    let start = unsent == known ? start : .now()
    if start + TimeAmount(limits.idleTime) <= .now() { return context.close(promise: nil) }
    // Looked at more often than it may last: what moves at first would otherwise gain a whole round.
    cutTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.idleTime / 8)) {
      [self] in
      watchSending(context, unsent: unsent, since: start)
    }
  }

  // MARK: The end

  private func refuse(_ error: ServiceError, _ context: ChannelHandlerContext) {
    guard refusal == nil, !isEnding else { return }
    dropIncomplete()
    refusal = error
    serve(context)
  }

  /// Takes no more requests, and ends when those that are there have been answered.
  private func finish(_ context: ChannelHandlerContext) {
    isLast = true
    if isEnding { return }
    guard underWay == nil, waiting.isEmpty, refusal == nil else { return }
    if unsentByteCount(context) > 0 { end(context) } else { context.close(promise: nil) }
  }

  /// Says goodbye and listens for a while: closing with unread bytes would reset the connection, and the client
  /// would never see the answer.
  private func end(_ context: ChannelHandlerContext) {
    guard !isEnding else { return }
    isEnding = true
    waiting.removeAll()
    cutTimer?.cancel()
    watchSending(context)
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { [self] _ in
      cutTimer?.cancel()
      guard context.channel.isActive else { return }
      cutTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.lingerTime)) {
        context.close(promise: nil)
      }
    }
    context.flush()
    context.close(mode: .output, promise: sent)
    context.read()
  }

  /// Looks once per idle time, instead of setting a clock for every request.
  private func watchIdleness(_ context: ChannelHandlerContext) {
    let unsent = unsentByteCount(context)
    let wait = lastActivity + TimeAmount(limits.idleTime) - .now()
    idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: max(wait, .milliseconds(1))) { [self] in
      let isReading = unsentByteCount(context) != unsent
      if underWay == nil, !isReading, lastActivity + TimeAmount(limits.idleTime) <= .now() {
        context.close(promise: nil)
      } else {
        if underWay != nil || isReading { lastActivity = .now() }
        watchIdleness(context)
      }
    }
  }
}
