import SearchModel

/// Where visitors reach this server, as an absolute address that ends with a slash.
package struct BaseURL: Sendable, Equatable, CustomStringConvertible {
  package let description: String

  /// Nil for anything but `http(s)://host[:port][/path]` in plain characters.
  package init?(_ text: String) {
    let afterScheme = text.range(afterFirst: "://")
    guard let afterScheme else { return nil }
    let rest = text[afterScheme...]
    let hostEnd = rest.firstIndex(of: "/") ?? rest.endIndex
    guard let origin = Origin(String(text[..<hostEnd])) else { return nil }
    let path = rest[hostEnd...]
    let isPlain: (Character) -> Bool = {
      $0.isASCII && ($0.isLetter || $0.isNumber || "/-._~".contains($0))
    }
    guard path.allSatisfy(isPlain), !path.split(separator: "/").contains("..") else { return nil }
    description = origin.description + (path.last == "/" ? String(path) : path + "/")
  }

  /// The address that a client has used, by its `Host` field.
  init?(host: String?) {
    guard let host, let origin = Origin("http://" + host) else { return nil }
    description = origin.description + "/"
  }
}

extension String {
  /// Where the text after the first occurrence of a separator begins.
  fileprivate func range(afterFirst separator: String) -> Index? {
    var place = startIndex
    while place < endIndex {
      if self[place...].hasPrefix(separator) { return index(place, offsetBy: separator.count) }
      place = index(after: place)
    }
    return nil
  }
}
