import NIOCore
import NIOPosix
import Testing

@testable import SearchService

@Suite(.timeLimit(.minutes(1))) struct TurnQueueTests {
  /// Runs `body` beside an event loop of its own.
  private func withLoop(_ body: (any EventLoop) async throws -> Void) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do { try await body(group.next()) } catch {
      try await group.shutdownGracefully()
      throw error
    }
    try await group.shutdownGracefully()
  }

  @Test("who always has more to do does not keep the event loop from its sockets")
  func sockets() async throws {
    try await withLoop { loop in
      // Nothing but the loop accepts the connection, greets and closes it.
      let listener = try await ServerBootstrap(group: loop).childChannelInitializer { channel in
        channel.pipeline.addHandler(Greeting())
      }.bind(host: "127.0.0.1", port: 0).get()
      let port = try #require(listener.localAddress?.port)
      try await loop.submit { Restless(TurnQueue(eventLoop: loop), turnCount: .max).goOn() }.get()
      #expect(try await Client(port: port).all() == "hello")
    }
  }

  @Test("everybody has a turn before anybody has a second one")
  func order() async throws {
    try await withLoop { loop in
      let names = try await loop.flatSubmit {
        let queue = TurnQueue(eventLoop: loop)
        let done = loop.makePromise(of: [Int].self)
        var names: [Int] = []
        for name in 0..<3 {
          Restless(queue, turnCount: 2) {
            names.append(name)
            if names.count == 6 { done.succeed(names) }
          }.goOn()
        }
        return done.futureResult
      }.get()
      #expect(names == [0, 1, 2, 0, 1, 2])
    }
  }
}

/// Says a word to whoever connects, and ends.
private final class Greeting: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "hello")), promise: nil)
    context.close(promise: nil)
  }
}

/// Wants another turn at the end of each.
private final class Restless {
  private let queue: TurnQueue
  private var turnCount: Int
  private let work: () -> Void

  init(_ queue: TurnQueue, turnCount: Int, work: @escaping () -> Void = {}) {
    self.queue = queue
    self.turnCount = turnCount
    self.work = work
  }

  func goOn() {
    guard turnCount > 0 else { return }
    turnCount -= 1
    queue.append { [self] in
      work()
      goOn()
    }
  }
}
