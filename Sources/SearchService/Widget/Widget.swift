/// The search box for other people's pages: the files that the endpoint serves, and how sites take them in.
package enum Widget {
  package struct File: Sendable {
    package var name: String
    package var bytes: [UInt8]
  }

  /// - Parameter endpoint: where visitors reach the endpoint: a path or an address of plain characters, see
  ///   `isPlain`.
  package static func files(endpoint: String) -> [File] {
    [
      File(name: "search.js", bytes: PageAsset.script.bytes),
      File(name: "search.css", bytes: PageAsset.style.bytes),
      File(name: "search-box.md", bytes: filled(PackageResources.widget_md, endpoint)),
      File(name: "search-box.html", bytes: filled(PackageResources.example_html, endpoint)),
    ]
  }

  /// Whether an endpoint can stand in HTML and JavaScript as it is.
  package static func isPlain(_ endpoint: String) -> Bool {
    // Two slashes begin the name of another host.
    if endpoint.hasPrefix("//") { return false }
    if endpoint.first == "/" { return BaseURL("http://host" + endpoint) != nil }
    return BaseURL(endpoint) != nil
  }

  private static func filled(_ template: [UInt8], _ endpoint: String) -> [UInt8] {
    let mark = Array("{endpoint}".utf8)
    var filled: [UInt8] = []
    var rest = template[...]
    while !rest.isEmpty {
      if rest.starts(with: mark) {
        filled += endpoint.utf8
        rest = rest.dropFirst(mark.count)
      } else {
        filled.append(rest.removeFirst())
      }
    }
    return filled
  }
}
