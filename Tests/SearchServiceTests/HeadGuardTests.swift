import NIOCore
import NIOEmbedded
import Testing

@testable import SearchService

@Suite struct HeadGuardTests {
  private let half = ByteBuffer(string: "GET / HTTP/1.1\r\nHost:")
  private let rest = "t\r\n\r\n"
  private let channel: EmbeddedChannel
  /// Nearly all the time of a head.
  private let time = TimeAmount(ServiceLimits().headTime) - .seconds(1)

  init() throws {
    channel = EmbeddedChannel(handler: HeadGuard(ServiceLimits()))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  /// Takes bytes, and waits for more.
  private func receive(_ bytes: ByteBuffer) throws {
    try channel.writeInbound(bytes)
    channel.read()
  }

  @Test("a head that does not come to its end is cut off, however its bytes come")
  func slow() throws {
    try receive(half)
    channel.embeddedEventLoop.advanceTime(by: time)
    try receive(ByteBuffer(string: " "))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test("each head has its own time, also when it begins in the same bytes as another ends")
  func pipelined() throws {
    try receive(half)
    for _ in 0..<3 {
      channel.embeddedEventLoop.advanceTime(by: time)
      try receive(ByteBuffer(string: rest + String(buffer: half)))
    }
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: time + .seconds(1))
    #expect(!channel.isActive)
  }

  @Test("nobody is cut off while held back")
  func heldBack() throws {
    try channel.writeInbound(half)
    channel.embeddedEventLoop.advanceTime(by: time * 3)
    #expect(channel.isActive)
    channel.read()
    channel.embeddedEventLoop.advanceTime(by: time + .seconds(1))
    #expect(!channel.isActive)
  }
}
