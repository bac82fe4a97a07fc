import HTTPTypes
import Logging

/// What is written down of requests, as far as the owner of the site wants it.
struct ServiceLogs: Sendable {
  let access: AccessLog?
  let queries: QueryLog?

  /// - Throws: `FileError` when a file cannot be opened.
  init(_ options: OperationOptions, logger: Logger) throws {
    access = try options.accessLog.map {
      AccessLog(try LogFile(path: $0, logger: logger), detail: options.accessLogClient)
    }
    queries = try options.queryLog.map { QueryLog(try LogFile(path: $0, logger: logger)) }
  }

  func answered(
    _ request: HTTPRequest, from client: Client?, route: String?, _ reply: Reply, in duration: Duration
  ) {
    access?.answered(request, from: client?.address, route: route, reply, in: duration)
    if let finding = reply.finding, request.method != .head { queries?.add(finding, from: client) }
  }

  /// Name and lost lines of each log that there is.
  var droppedLines: [(name: String, count: Int)] {
    [("access", access?.file), ("query", queries?.file)].compactMap { name, file in
      file.map { (name, $0.droppedLines) }
    }
  }

  func stop() async {
    await access?.file.stop()
    await queries?.stop()
  }
}
