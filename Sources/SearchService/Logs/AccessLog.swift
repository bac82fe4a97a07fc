import HTTPTypes
import SearchModel

/// One JSON line per request. Never the text of a query: the address is written without its parameters.
final class AccessLog: Sendable {
  /// Bytes of a path that are written.
  private static let pathBytes = 256

  let file: LogFile
  private let detail: OperationOptions.ClientDetail

  init(_ file: LogFile, detail: OperationOptions.ClientDetail) {
    self.file = file
    self.detail = detail
  }

  /// - Parameters:
  ///   - route: which of the addresses we know; nil for none.
  func answered(
    _ request: HTTPRequest, from client: ClientAddress?, route: String?, _ reply: Reply, in duration: Duration
  ) {
    var json = JSONWriter()
    json.object { json in
      json.field("time", LogTime.text(LogTime.now(), hasMilliseconds: true))
      json.field("method", request.method.rawValue)
      let path = (request.path ?? "").utf8.prefix { $0 != UInt8(ascii: "?") }.prefix(Self.pathBytes)
      json.field("path", String(decoding: path, as: UTF8.self))
      json.field("status", reply.status.code)
      json.field("bytes", request.method == .head ? 0 : reply.body.count)
      json.field("us", duration.microseconds)
      if let route { json.field("route", route) }
      if let host = Self.refererHost(request.headerFields[.referer]) { json.field("referer", host) }
      switch (detail, client) {
      case (.truncated, let client?): json.field("ip", client.truncated.description)
      case (.full, let client?): json.field("ip", client.description)
      default: break
      }
    }
    file.append(json.bytes)
  }

  /// The host of the page that a request came from, without its path and parameters.
  static func refererHost(_ referer: String?) -> String? {
    guard let referer, referer.utf8.count <= 2_048 else { return nil }
    for scheme in ["https://", "http://"] where referer.hasPrefix(scheme) {
      return Origin(scheme + referer.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" })?
        .description
    }
    return nil
  }
}

extension Duration {
  var microseconds: Int { Int(components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000) }
}
