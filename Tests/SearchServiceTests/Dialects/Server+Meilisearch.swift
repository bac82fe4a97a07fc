import HTTPTypes
import SearchTestSupport

@testable import SearchService

extension SearchServer {
  /// A request of a client of Meilisearch with a body, without a connection.
  func meilisearch(
    _ target: String, _ body: String, _ fields: HTTPFields = [.contentType: "application/json"]
  ) async -> Reply {
    var fields = fields
    fields[.contentLength] = String(body.utf8.count)
    let request = HTTPRequest(
      method: .post, scheme: "http", authority: "test", path: target, headerFields: fields)
    let bytes: [UInt8]? = endpoint.takesBody(request) ? Array(body.utf8) : nil
    return await withCheckedContinuation { waiting in
      endpoint.answer(request, body: bytes) { waiting.resume(returning: $0) }
    }
  }
}

extension Reply {
  /// The body, which has to be JSON.
  var content: JSONValue {
    get throws { try JSONReader.read(body) }
  }
}

extension JSONValue {
  subscript(at key: String) -> JSONValue {
    guard case .object(let members) = self else { return .null }
    return members[key] ?? .null
  }

  subscript(place place: Int) -> JSONValue {
    guard case .array(let values) = self, values.indices.contains(place) else { return .null }
    return values[place]
  }

  var asList: [JSONValue] {
    guard case .array(let values) = self else { return [] }
    return values
  }

  var asText: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var asWhole: Int? {
    guard case .integer(let number) = self else { return nil }
    return number
  }

  var asNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
