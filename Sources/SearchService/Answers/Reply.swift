import HTTPTypes

/// An answer before it is put on the wire.
struct Reply: Sendable {
  var status: HTTPResponse.Status
  var fields: HTTPFields
  var body: [UInt8]
  /// What the log of queries has to know of an answer to one.
  var finding: Finding?

  init(status: HTTPResponse.Status = .ok, type: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.body = body
    fields = [.xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer"]
    if let type { fields[.contentType] = type }
  }

  /// - Parameter type: of a kind of JSON that has a name of its own.
  static func json(
    _ body: [UInt8], status: HTTPResponse.Status = .ok, type: String = "application/json; charset=utf-8"
  ) -> Reply {
    var reply = Reply(status: status, type: type, body: body)
    reply.fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
    return reply
  }

  static func failure(_ error: ServiceError) -> Reply {
    var reply = json(error.json(), status: error.status)
    reply.describe(error)
    return reply
  }

  /// 304: the client has the answer.
  static func unchanged(_ tag: EntityTag) -> Reply {
    var reply = Reply(status: .notModified)
    reply.fields[.eTag] = tag.description
    reply.fields[.cacheControl] = "no-cache"
    return reply
  }

  /// Adds what clients and caches need to know of a failure.
  mutating func describe(_ error: ServiceError) {
    fields[.cacheControl] = "no-store"
    if error.status == .serviceUnavailable { fields[.retryAfter] = "1" }
    if let seconds = error.retryAfter { fields[.retryAfter] = String(seconds) }
    if let challenge = error.challenge { fields[.wwwAuthenticate] = "\(challenge) realm=\"search\"" }
    if error.status == .methodNotAllowed { fields[.allow] = Endpoint.methods }
  }

  /// Says that the answer depends on a field of the request.
  mutating func vary(on name: String) {
    fields[.vary] = fields[.vary].map { "\($0), \(name)" } ?? name
  }

  /// Compresses the body if it is worth it and the client takes it.
  mutating func compress(for acceptsGzip: Bool, level: Int32 = 1) {
    guard body.count >= Gzip.minimumByteCount else { return }
    vary(on: "Accept-Encoding")
    guard acceptsGzip, let compressed = Gzip.compress(body, level: level) else { return }
    body = compressed
    fields[.contentEncoding] = "gzip"
  }

  /// The head of the answer, with the size of the body.
  var head: HTTPResponse {
    var fields = fields
    if status != .noContent, status != .notModified { fields[.contentLength] = String(body.count) }
    return HTTPResponse(status: status, headerFields: fields)
  }
}

extension HTTPField.Name {
  /// Of a constant that is a valid name.
  static func constant(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
    return name
  }

  static let referrerPolicy = constant("Referrer-Policy")
}
