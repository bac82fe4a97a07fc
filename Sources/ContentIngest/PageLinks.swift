import CMarkdown
import SearchModel

/// Where a page leads, and the places in it that others may lead to.
package struct PageLinks: Sendable {
  /// The targets of links and pictures, in order, as they are written.
  package var targets: [String] = []
  /// Names of headings and other elements.
  package var anchors: Set<String> = []
  /// Nothing else has a name in it: no shortcodes or macros that may write some.
  package var isWhole = true
}

extension ContentReader {
  /// The links of a Markdown or HTML file; nil for one of another kind, or one that cannot be read.
  package mutating func links(of file: SourceFile) -> PageLinks? {
    guard let format = ContentFormat(name: file.name), format != .text, format != .jsonLines,
      let bytes = bytes(ofRegularFile: file.path, upTo: fileByteLimit, followsLinks: false),
      let text = try? TextEncoding.utf8(bytes, isHTML: format == .html)
    else { return nil }
    if format == .html { return try? HTMLDocument(text).withRoot { $0.map(PageLinks.init) } }
    let body = FrontMatterBlock(in: text).map { text[$0.bodyStart...] } ?? text[...]
    let source = plan.source(of: file.path, name: file.name).source
    let shown = String(decoding: body, as: UTF8.self)
    return PageLinks(
      markdown: MarkdownSource.prepare(body, isMDX: format == .mdx || source.kind == .docusaurus),
      source.rules.anchors,
      hasCalls: ["{{<", "{{%", "{%", "<!-- md:"].contains { shown.contains($0) })
  }
}

extension PageLinks {
  fileprivate init(markdown pieces: [[UInt8]], _ rule: AnchorRule, hasCalls: Bool) {
    var reader = MarkdownReader()
    let headings = reader.units(of: pieces).flatMap(\.headings)
    var names = AnchorNames(rule, explicit: headings.lazy.compactMap(\.explicit))
    for heading in headings { anchors.insert(names.name(for: heading)) }
    for piece in pieces {
      targets += MarkdownReader.linkTargets(in: piece)
      anchors.formUnion(Self.attributes(in: piece))
    }
    isWhole = !hasCalls
  }

  fileprivate init(_ root: HTMLElement) {
    // All of them, also those inside another: nothing is wanted, everything is looked at.
    _ = root.elements { element in
      for name in ["id", "name"] { if let value = element[name] { anchors.insert(value) } }
      let target = element.name == "a" ? element["href"] : element.name == "img" ? element["src"] : nil
      if let target { targets.append(target) }
      return false
    }
  }

  /// The values of `id="…"` and `name="…"`, of HTML elements and of attribute lists.
  private static func attributes(in source: [UInt8]) -> [String] {
    var found: [String] = []
    for (index, byte) in source.enumerated() where byte == UInt8(ascii: "=") {
      let before = source[..<index]
      guard before.suffix(2).elementsEqual("id".utf8) || before.suffix(4).elementsEqual("name".utf8),
        let quote = source[(index + 1)...].first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
      else { continue }
      let value = source[(index + 2)...].prefix(200)
      if let end = value.firstIndex(of: quote) {
        found.append(String(decoding: value[..<end], as: UTF8.self))
      }
    }
    // `[](){#name}` and `{: #name }`.
    for (index, byte) in source.enumerated()
    where byte == UInt8(ascii: "#") && index > 0 && [UInt8(ascii: "{"), 0x20].contains(source[index - 1]) {
      let value = source[(index + 1)...].prefix { $0 > 0x20 && $0 != UInt8(ascii: "}") }
      if !value.isEmpty, value.count <= 200 { found.append(String(decoding: value, as: UTF8.self)) }
    }
    return found
  }
}

extension MarkdownReader {
  fileprivate static func linkTargets(in source: [UInt8]) -> [String] {
    guard let document = parse(source) else { return [] }
    defer { cmark_node_free(document) }
    guard let iterator = cmark_iter_new(document) else { return [] }
    defer { cmark_iter_free(iterator) }
    var targets: [String] = []
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return targets }
      guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
      let kind = UInt32(bitPattern: markdown_kind_of(node))
      guard kind == MARKDOWN_LINK.rawValue || kind == MARKDOWN_IMAGE.rawValue,
        let target = cmark_node_get_url(node)
      else { continue }
      targets.append(String(cString: target))
    }
  }
}
