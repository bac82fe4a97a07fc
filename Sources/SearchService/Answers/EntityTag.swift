import IndexStorage

/// Names what an answer depends on: the commit and the request.
///
/// Weak, because `took_us` differs from one answer to the next.
struct EntityTag: Equatable, CustomStringConvertible {
  let description: String

  /// - Parameters:
  ///   - content: what was published, such as the checksum of a commit.
  ///   - request: everything of the request that the answer depends on.
  init(content: UInt64, request: String) {
    description =
      "W/\"\(String(content, radix: 16))-\(String(Self.checksum(Array(request.utf8)), radix: 16))\""
  }

  static func checksum(_ bytes: [UInt8]) -> UInt64 { IndexStorage.checksum(bytes.span.bytes) }

  /// Whether the client says in `If-None-Match` that it has this one.
  func isNamed(in field: String?) -> Bool {
    guard let field else { return false }
    let bare = description.dropFirst(2)
    return field.split(separator: ",").contains { candidate in
      var candidate = candidate
      while candidate.first == " " { candidate.removeFirst() }
      while candidate.last == " " { candidate.removeLast() }
      return candidate == "*" || candidate == bare
        || candidate.hasPrefix("W/") && candidate.dropFirst(2) == bare
    }
  }
}
