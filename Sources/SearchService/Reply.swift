import HTTPTypes

/// An answer before it is put on the wire.
struct Reply {
  var status: HTTPResponse.Status
  var fields: HTTPFields
  var body: [UInt8]

  init(status: HTTPResponse.Status = .ok, type: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.body = body
    fields = [.xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer"]
    if let type { fields[.contentType] = type }
  }

  static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Reply {
    var reply = Reply(status: status, type: "application/json; charset=utf-8", body: body)
    reply.fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
    return reply
  }

  static func failure(_ error: ServiceError) -> Reply {
    var reply = json(error.json(), status: error.status)
    reply.describe(error)
    return reply
  }

  /// Adds what clients and caches need to know of a failure.
  mutating func describe(_ error: ServiceError) {
    fields[.cacheControl] = "no-store"
    if error.status == .serviceUnavailable { fields[.retryAfter] = "1" }
    if error.status == .methodNotAllowed { fields[.allow] = Endpoint.methods }
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
  private static func constant(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
    return name
  }

  static let referrerPolicy = constant("Referrer-Policy")
}
