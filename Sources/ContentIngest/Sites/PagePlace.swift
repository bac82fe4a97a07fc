/// What a site says about a page: where it stands and what it belongs to.
struct PagePlace: Equatable, Sendable {
  /// As the generator writes it; absolute when the site says its base.
  var url: String?
  /// Of the folder or file name that holds the page; nil when the site has one language.
  var language: String?
  /// In the site's navigation; used when the page has none.
  var title: String?
  /// Used when the front matter names none.
  var categories: [String] = []
  /// Why the page gives no entry.
  var skip: String?
}

/// The addresses of one site.
protocol AddressRules: Sendable {
  /// What the addresses begin with, when it is known.
  var baseURL: String? { get }
  var anchors: AnchorRule { get }

  /// - Parameters:
  ///   - name: file relative to the root of the site, `/` between folders.
  func place(of name: String, _ front: FrontMatter) -> PagePlace

  /// The same rules with knowledge of all files of the site: what one file is may depend on its neighbours.
  func knowing(names: [String]) -> any AddressRules

  /// What they came to know: with other knowledge, other things are made of the same file.
  var knowledge: Set<String> { get }
}

extension AddressRules {
  func knowing(names: [String]) -> any AddressRules { self }

  var knowledge: Set<String> { [] }

  /// The address of a target that stands in a page, nil when it is one already or cannot be told.
  func resolve(_ target: String, in name: String, at page: String?) -> String? {
    let path = target.prefix { $0 != "#" && $0 != "?" }
    guard let page, !path.isEmpty, !path.hasPrefix("/"), !path.contains(":") else { return nil }
    let rest = target.dropFirst(path.count)
    if path.lowercased().hasSuffix(".md") || path.lowercased().hasSuffix(".mdx") {
      guard let file = joined(folder(of: name), String(path)) else { return nil }
      return place(of: file, FrontMatter()).url.map { $0 + rest }
    }
    let (origin, pagePath) = splitOrigin(page)
    return joined(pagePath.hasSuffix("/") ? String(pagePath.dropLast()) : folder(of: pagePath), String(path))
      .map { origin + $0 + (path.hasSuffix("/") ? "/" : "") + rest }
  }

  /// `a/b` + `../c` → `a/c`; nil when it leads out of the site.
  private func joined(_ folder: String, _ path: String) -> String? {
    var parts = folder.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts == [""] { parts = [] }
    let floor = folder.hasPrefix("/") ? 1 : 0
    for step in path.split(separator: "/") {
      if step == ".." {
        guard parts.count > floor else { return nil }
        parts.removeLast()
      } else if step != "." {
        parts.append(String(step))
      }
    }
    return parts.joined(separator: "/")
  }

  /// `https://example.org/a/` → `https://example.org` and `/a/`.
  private func splitOrigin(_ url: String) -> (origin: String, path: String) {
    guard let scheme = url.firstRange(of: "://") else { return ("", url) }
    let slash = url[scheme.upperBound...].firstIndex(of: "/") ?? url.endIndex
    return (String(url[..<slash]), slash == url.endIndex ? "/" : String(url[slash...]))
  }
}

/// The folder of a path, without `/` at its end; empty at the top.
func folder(of name: String) -> String {
  name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[..<$0]) } ?? ""
}

/// The last part of a path.
func lastPart(of name: String) -> String {
  name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[name.utf8.index(after: $0)...]) } ?? name
}

/// `a.b.md` → `a.b`
func withoutExtension(_ file: String) -> String {
  file.utf8.lastIndex(of: UInt8(ascii: ".")).map { $0 == file.startIndex ? file : String(file[..<$0]) }
    ?? file
}

/// A path as it stands in an address: everything but letters, digits and `-._~/` and what paths may hold is escaped.
func percentEncoded(_ path: String) -> String {
  let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&'()*+,;=:@".utf8)
  let digits = Array("0123456789ABCDEF".utf8)
  var result: [UInt8] = []
  let bytes = Array(path.utf8)
  for (index, byte) in bytes.enumerated() {
    let isEscape =
      byte == UInt8(ascii: "%") && index + 2 < bytes.count
      && bytes[(index + 1)...(index + 2)].allSatisfy(isHex)
    if kept.contains(byte) || isEscape {
      result.append(byte)
    } else {
      result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: result, as: UTF8.self)
}

func isHex(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
}

/// `https://example.org/docs` + `/a/` → `https://example.org/docs/a/`; without a base the path alone.
func address(_ base: String?, _ path: String) -> String {
  guard let base, !base.isEmpty else { return path }
  let stem = base.hasSuffix("/") ? String(base.dropLast()) : base
  return stem + (path.hasPrefix("/") ? path : "/" + path)
}
