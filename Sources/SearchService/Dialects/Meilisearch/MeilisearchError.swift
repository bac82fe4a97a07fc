import HTTPTypes
import SearchModel

/// An error in the words of Meilisearch: what its clients read is the code.
struct MeilisearchError: Error, Equatable {
  var status: HTTPResponse.Status
  var code: String
  var message: String
  /// `invalid_request`, `auth`, `internal` or `system`.
  var type = "invalid_request"

  static func bad(_ code: String, _ message: String) -> MeilisearchError {
    MeilisearchError(status: .badRequest, code: code, message: message)
  }

  /// What a server of theirs says to a key that may only search.
  static let readOnly = MeilisearchError(
    status: .forbidden, code: "invalid_api_key", message: "The provided API key is invalid.", type: "auth")
  static let missingContentType = MeilisearchError(
    status: .unsupportedMediaType, code: "missing_content_type",
    message:
      "A Content-Type header is missing. Accepted values for the Content-Type header are: `application/json`")
  static let missingPayload = bad("missing_payload", "A json payload is missing.")

  static func contentType(_ type: String) -> MeilisearchError {
    MeilisearchError(
      status: .unsupportedMediaType, code: "invalid_content_type",
      message:
        "The Content-Type `\(type)` is invalid. Accepted values for the Content-Type header are: `application/json`"
    )
  }

  static func malformed(_ problem: JSONReader.Problem) -> MeilisearchError {
    bad("malformed_payload", "The json payload provided is malformed. `\(problem)`.")
  }

  static func indexUID(_ uid: String) -> MeilisearchError {
    bad(
      "invalid_index_uid",
      "`\(uid)` is not a valid index uid. Index uid can be an integer or a string containing only alphanumeric characters, hyphens (-) and underscores (_), and can not be more than 400 bytes."
    )
  }

  static func noIndex(_ uid: String) -> MeilisearchError {
    MeilisearchError(status: .notFound, code: "index_not_found", message: "Index `\(uid)` not found.")
  }

  static func noDocument(_ id: String) -> MeilisearchError {
    MeilisearchError(status: .notFound, code: "document_not_found", message: "Document `\(id)` not found.")
  }

  /// What the endpoint refuses whatever it is asked in.
  init(_ error: ServiceError) {
    status = error.status
    message = error.message
    switch error {
    case .overloaded, .deadline, .stopping: (code, type) = ("too_many_search_requests", "system")
    case .internal: (code, type) = ("internal", "internal")
    case .bodyTooLarge: code = "payload_too_large"
    default:
      switch error.status {
      case .unauthorized: (code, type) = ("missing_authorization_header", "auth")
      case .forbidden: (code, type) = ("invalid_api_key", "auth")
      case .notFound: code = "not_found"
      case .tooManyRequests: (code, type) = ("too_many_search_requests", "system")
      default: code = error.code == "query_too_large" ? "invalid_search_q" : "bad_request"
      }
    }
  }

  init(status: HTTPResponse.Status, code: String, message: String, type: String = "invalid_request") {
    self.status = status
    self.code = code
    self.message = message
    self.type = type
  }

  var reply: Reply {
    var json = JSONWriter()
    json.object { json in
      json.field("message", message)
      json.field("code", code)
      json.field("type", type)
      json.field("link", "https://docs.meilisearch.com/errors#\(code)")
    }
    var reply = Reply.json(json.bytes, status: status)
    reply.fields[.cacheControl] = "no-store"
    if code == "too_many_search_requests" { reply.fields[.retryAfter] = "10" }
    return reply
  }
}
