/// A site that may read answers from its own pages: scheme, host and port, compared as a whole.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// Nil for anything but `http(s)://host` or `http(s)://host:port` as browsers send it: no path, no wildcard.
  package init?(_ text: String) {
    let text = text.lowercased()
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
    let rest = text.dropFirst(scheme.count)
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let isHost: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
    guard let host = parts.first, !host.isEmpty, host.allSatisfy(isHost) else { return nil }
    if parts.count == 2 {
      guard let port = UInt16(parts[1]), port > 0, String(port) == parts[1] else { return nil }
      // Browsers leave the usual port out.
      if port == (scheme == "https://" ? 443 : 80) {
        description = scheme + host
        return
      }
    }
    description = text
  }
}
