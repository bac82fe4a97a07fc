import HTTPTypes
import QueryEngine
import SearchModel

/// What the endpoint answers instead of a result. The message is for people and names nothing of this machine.
struct ServiceError: Error, Equatable {
  var status: HTTPResponse.Status
  var code: String
  var message: String
  /// Seconds after which the same request may be answered.
  var retryAfter: Int?
  /// How the client may say who it is.
  var challenge: String?

  static func badRequest(_ code: String, _ message: String) -> ServiceError {
    ServiceError(status: .badRequest, code: code, message: message)
  }

  static let notFound = ServiceError(
    status: .notFound, code: "not_found", message: "there is nothing here; ask /search?q=… or open /")
  static let methodNotAllowed = ServiceError(
    status: .methodNotAllowed, code: "method_not_allowed", message: "only GET, HEAD and OPTIONS work here")
  static let bodyNotAllowed = ServiceError(
    status: .contentTooLarge, code: "body_not_allowed",
    message: "requests have no body here; put the query into the address")
  static let bodyTooLarge = ServiceError(
    status: .contentTooLarge, code: "body_too_large", message: "the body is larger than 64 KiB")
  static let lengthRequired = ServiceError(
    status: .lengthRequired, code: "length_required",
    message: "the size of the body is not known; send it with Content-Length")
  static let noHost = ServiceError.badRequest(
    "missing_host", "the request names no valid host, and the server was not told its address (--base-url)")
  static let malformed = ServiceError.badRequest("malformed_request", "this is not a valid HTTP request")
  static let targetTooLong = ServiceError(
    status: .uriTooLong, code: "target_too_long", message: "the address is longer than 8 KiB")
  static let headersTooLarge = ServiceError(
    status: .requestHeaderFieldsTooLarge, code: "headers_too_large",
    message: "the header is larger than 16 KiB or has more than 100 fields")
  static func tooManyRequests(retryAfter seconds: Int) -> ServiceError {
    var error = ServiceError(
      status: .tooManyRequests, code: "too_many_requests",
      message: "too many requests from this address; try again in \(seconds) s")
    error.retryAfter = seconds
    return error
  }
  static func unauthorized(challenge: String) -> ServiceError {
    var error = ServiceError(
      status: .unauthorized, code: "missing_key",
      message: "this needs a key; send it as Authorization: Bearer KEY")
    error.challenge = challenge
    return error
  }
  static let forbidden = ServiceError(
    status: .forbidden, code: "invalid_key", message: "this key is not known here")
  static let unsigned = ServiceError(
    status: .forbidden, code: "invalid_signature",
    message: "the body is not signed with the secret of this server (\(Webhook.signatureName))")
  static let overloaded = ServiceError(
    status: .serviceUnavailable, code: "overloaded",
    message: "too many searches at once; try again in a second")
  static let deadline = ServiceError(
    status: .serviceUnavailable, code: "deadline", message: "the query took longer than a second")
  static let stopping = ServiceError(
    status: .serviceUnavailable, code: "stopping", message: "the server is about to stop")
  static let `internal` = ServiceError(
    status: .internalServerError, code: "internal",
    message: "the answer could not be made; the log of the server says why")

  /// What a failed search means to the client; nil when it is ours to explain in the log.
  init?(_ error: any Error) {
    switch error {
    case let error as ServiceError: self = error
    case is Deadline.Passed: self = .deadline
    case is CancellationError: self = .stopping
    case let error as QueryLimitError: self = .badRequest("query_too_large", "\(error)")
    default: return nil
    }
  }

  init(status: HTTPResponse.Status, code: String, message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("error")
      json.object { json in
        json.field("code", code)
        json.field("message", message)
      }
    }
    return json.bytes
  }
}
