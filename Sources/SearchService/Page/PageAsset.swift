import HTTPTypes

/// A file that is part of the program, as it is sent.
struct PageAsset: Sendable {
  let type: String
  let bytes: [UInt8]
  private let compressed: [UInt8]?
  private let tag: EntityTag
  let checksum: UInt64

  private init(type: String, bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
    compressed = Gzip.compress(bytes, level: 9)
    checksum = EntityTag.checksum(bytes)
    tag = EntityTag(content: checksum, request: "")
  }

  static let script = PageAsset(
    type: "text/javascript; charset=utf-8", bytes: withoutComments(PackageResources.search_js))
  static let style = PageAsset(
    type: "text/css; charset=utf-8", bytes: withoutComments(PackageResources.search_css))
  static let interface = PageAsset(
    type: "application/openapi+json; charset=utf-8", bytes: PackageResources.openapi_json)

  /// Changes with the program's pages, so that nobody keeps answers of an older program.
  static let version = script.checksum ^ style.checksum

  /// - Parameter known: the tags that the client says it has.
  func reply(acceptsGzip: Bool, known: String?) -> Reply {
    var reply = Reply.unchanged(tag)
    reply.vary(on: "Accept-Encoding")
    guard !tag.isNamed(in: known) else { return reply }
    reply.status = .ok
    reply.fields[.contentType] = type
    if acceptsGzip, let compressed {
      reply.body = compressed
      reply.fields[.contentEncoding] = "gzip"
    } else {
      reply.body = bytes
    }
    return reply
  }

  /// Script or style without indentation, empty lines, and comments that have their lines to themselves.
  ///
  /// Text over several lines is none of what the sources hold, so lines can be taken one by one.
  static func withoutComments(_ source: [UInt8]) -> [UInt8] {
    var kept: [UInt8] = []
    var isComment = false
    for line in source.split(separator: UInt8(ascii: "\n")) {
      let text = line.drop { $0 == UInt8(ascii: " ") }
      if !isComment, text.starts(with: "//".utf8) { continue }
      if !isComment, text.starts(with: "/*".utf8) { isComment = true }
      if isComment {
        if text.suffix(2).elementsEqual("*/".utf8) { isComment = false }
        continue
      }
      guard !text.isEmpty else { continue }
      kept += text
      kept.append(UInt8(ascii: "\n"))
    }
    return kept
  }
}
