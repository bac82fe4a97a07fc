import ContentIngest
import Glibc

/// A link of a page to another place of its site.
struct SiteLink {
  enum State { case alive, noFile, noAnchor }

  private let target: String
  /// Absolute.
  private let page: String

  init(_ target: String, from page: String) {
    self.target = target
    self.page = page
  }

  /// What the target leads to.
  ///
  /// Targets with a scheme, from the root of the site, or with template code say nothing about files, and count as
  /// alive; so do anchors of pages that are not known as a whole.
  ///
  /// - Parameter links: of the pages of the site, by absolute path.
  func state(_ links: [String: PageLinks]) -> State {
    guard !target.contains("{"), !target.contains("<") else { return .alive }
    let path = target.prefix { $0 != "#" && $0 != "?" }
    var places = [page]
    if !path.isEmpty {
      guard path.utf8.first != UInt8(ascii: "/"),
        !path.utf8.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")),
        let decoded = Self.percentDecoded(path), !decoded.utf8.contains(0)
      else { return .alive }
      places = self.places(of: decoded).filter { access($0, F_OK) == 0 }
      if places.isEmpty { return .noFile }
    }
    guard let sign = target.firstIndex(of: "#"),
      let anchor = Self.percentDecoded(target[target.index(after: sign)...]), !Self.isMadeByThemes(anchor)
    else { return .alive }
    let pages = places.compactMap { links[$0] }
    return pages.isEmpty || pages.contains { !$0.isWhole || $0.anchors.contains(anchor) } ? .alive : .noAnchor
  }

  /// Names that no page holds itself: of footnotes, tabs, the top, and of texts that browsers look for.
  private static func isMadeByThemes(_ anchor: String) -> Bool {
    anchor.isEmpty || anchor == "top"
      || ["fn:", "fn-", "fnref", "__", ":~:"].contains { anchor.hasPrefix($0) }
  }

  /// The files that a path may mean: as it is written, or as the address that a generator gives to a page (`/docs/a/`
  /// for `docs/a.md`). With `..` taken away by letters: such an address is no folder on the disk.
  private func places(of path: String) -> [String] {
    let name = path.hasSuffix("/") ? String(path.dropLast()) : path
    let stem = name.hasSuffix(".html") ? String(name.dropLast(5)) : name
    let endings = [
      ".md", ".markdown", ".mdx", "/index.md", "/_index.md", "/README.md", "/index.mdx", ".html",
      "/index.html",
    ]
    let folder = String(page.prefix(upTo: page.lastIndex(of: "/") ?? page.startIndex))
    let own = String(page.prefix(upTo: page.lastIndex(of: ".") ?? page.endIndex))
    return [folder, own].flatMap { base in
      ([name] + endings.map { stem + $0 }).map { candidate in
        var parts = base.split(separator: "/")
        for part in candidate.split(separator: "/") where part != "." {
          if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
      }
    }
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
