import SearchModel
import SearchTestSupport

@testable import ContentIngest

/// A file of the site, read as the program reads it. The first byte chooses the options of its source.
func contentTarget(_ name: String) -> () throws -> FuzzTarget {
  return {
    var readers = SourceKind.allCases.flatMap { kind in
      [SplitRule.auto, .item].map { split in
        var options = SourceOptions()
        options.kind = kind
        options.split = split
        options.keepsShortcodeText = split == .auto
        options.contentSelectors = split == .auto ? [] : ["main", ".content", "#body"]
        options.ignoredSelectors = [".ad", "[data-x]"]
        let config = MetaValue.map([MetaPair(key: "baseurl", value: .text("https://example.org/"))])
        let rules: any AddressRules =
          switch kind {
          case .hugo: HugoSite(config, nil)
          case .mkdocs: MkDocsSite(config, nil)
          case .docusaurus: DocusaurusSite(config: "")
          case .vitepress: VitePressSite(config: "", home: "")
          default: PlainSite()
          }
        let source = ContentSource(
          root: "/site", kind: kind, options: options, folders: [], evidence: "", rules: rules)
        return ContentReader(plan: ContentPlan(sources: [source]), today: "2024-01-01")
      }
    }
    let path = ["page.md": "content/docs/page.md", "page.mdx": "docs/page.mdx"][name] ?? name
    return { input in
      guard let first = input.first else { return }
      let bytes = Array(input.dropFirst())
      let choice = Int(first) % readers.count
      try readers[choice].read(bytes, name: path, path: "/site/" + path, entry: check, skipped: { _ in })
      if name == "page.md" { checkPlain(bytes) }
    }
  }
}

private func check(_ entry: Entry) {
  require(!entry.id.isEmpty, "an entry without an id")
  for target in [entry.url].compactMap({ $0 }) {
    require(!target.lowercased().hasPrefix("javascript:"), "a link to a script: \(target)")
  }
  require(entry.boost >= 0.01 && entry.boost <= 10_000, "a boost of \(entry.boost)")
}

/// Units of a page have their marks inside their text.
private func checkPlain(_ bytes: [UInt8]) {
  guard var text = try? TextEncoding.utf8(bytes) else { return }
  UTF8Text.normalize(&text)
  var reader = MarkdownReader()
  for unit in reader.units(of: MarkdownSource.prepare(text[...], isMDX: false)) {
    require(UTF8Text.firstInvalidByte(in: unit.text.span) == nil, "a unit that is not UTF-8")
    // A heading leads to nothing, and the name that it may end with is cut off.
    if case .heading = unit.kind { continue }
    require(unit.lead.title.upperBound <= unit.text.count, "a title outside its unit")
  }
}

/// Front matter in its fences, and what is made of it.
func frontMatterTarget(_ opening: String, _ closing: String) -> () throws -> FuzzTarget {
  return {
    return { input in
      let bytes = Array(opening.utf8) + input + Array(closing.utf8)
      guard UTF8Text.firstInvalidByte(in: bytes.span) == nil, let block = FrontMatterBlock(in: bytes) else {
        return
      }
      _ = block.exclusions(bytes)
      if let value = try block.read(bytes) { _ = FrontMatter(value) }
    }
  }
}
