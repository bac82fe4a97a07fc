import HTTPTypes
import SearchModel

/// An error in the words of Algolia: a message for people, and the status once more.
struct AlgoliaError: Error, Equatable {
  var status: HTTPResponse.Status
  var message: String

  static func bad(_ message: String) -> AlgoliaError { AlgoliaError(status: .badRequest, message: message) }

  /// What a server of theirs says to a key that may only search.
  static let readOnly = AlgoliaError(status: .forbidden, message: "Method not allowed with this API key")
  static let noObject = AlgoliaError(status: .notFound, message: "ObjectID does not exist")
  static let noKey = AlgoliaError(status: .notFound, message: "Key does not exist")
  static let noBody = bad("The body has to be a JSON object")

  static func noIndex(_ name: String) -> AlgoliaError {
    AlgoliaError(status: .notFound, message: "Index \(shortened(name)) does not exist")
  }

  /// - Parameters:
  ///   - name: of the parameter.
  ///   - wanted: what it should be.
  static func parameter(_ name: String, _ wanted: String) -> AlgoliaError { bad("\(name): \(wanted)") }

  /// What the endpoint refuses whatever it is asked in.
  init(_ error: ServiceError) {
    // They have one word for a key that is missing and one that is wrong.
    status = error.status == .unauthorized ? .forbidden : error.status
    message = error.message
  }

  init(status: HTTPResponse.Status, message: String) {
    self.status = status
    self.message = message
  }

  /// A text of the client in a message, not longer than a message should be.
  static func shortened(_ text: String) -> String {
    text.unicodeScalars.count > 40 ? String(text.unicodeScalars.prefix(40)) + "…" : text
  }

  var reply: Reply {
    var json = JSONWriter()
    json.object { json in
      json.field("message", message)
      json.field("status", status.code)
    }
    var reply = Reply.json(json.bytes, status: status)
    reply.fields[.cacheControl] = "no-store"
    if status == .serviceUnavailable { reply.fields[.retryAfter] = "1" }
    return reply
  }
}
