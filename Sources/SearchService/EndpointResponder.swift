import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The endpoint as Hummingbird calls it.
struct EndpointResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let endpoint: Endpoint

  func respond(to request: Request, context: Context) async throws -> Response {
    let reply = await endpoint.reply(to: request.head)
    let head = reply.head
    let isBodiless = request.method == .head || reply.body.isEmpty
    return Response(
      status: head.status, headers: head.headerFields,
      body: isBodiless ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
  }
}

/// HTTP/1.1 with our guard in front of the decoder.
struct GuardedChannel: ServerChildChannel {
  let http: HTTP1Channel
  let limits: ServiceLimits

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    do { try channel.pipeline.syncOperations.addHandler(HeadGuard(limits)) } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
    return http.setup(channel: channel, logger: logger)
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await http.handle(value: value, logger: logger)
  }
}
