import HTTPTypes

/// A request as far as it has come.
struct IncomingRequest: Sendable {
  let request: HTTPRequest
  /// Nil where none is taken; then it may be the rest of the connection.
  var body: [UInt8]?
  /// Whether it can be answered.
  var isComplete: Bool
  /// Whether the client sends the body only when it is told to (RFC 9110, 10.1.1).
  var waitsToContinue: Bool

  init(_ request: HTTPRequest, takesBody: Bool) {
    self.request = request
    body = takesBody ? [] : nil
    isComplete = !takesBody
    waitsToContinue = takesBody && request.headerFields[.expect]?.lowercased() == "100-continue"
  }

  /// Whether the connection stays after the answer. After a body that is not taken, or CONNECT, the bytes may be no
  /// HTTP any more.
  var keepsConnection: Bool {
    guard !request.hasBody || body != nil, request.method != .connect else { return false }
    guard let wishes = request.headerFields[.connection] else { return true }
    return !wishes.lowercased().split(separator: ",").contains { $0.filter { $0 != " " } == "close" }
  }
}
