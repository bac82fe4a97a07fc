import QueryEngine
import SearchTestSupport

@testable import ContentIngest
@testable import SiteConfiguration

/// `search.yaml`.
func configTarget() throws -> FuzzTarget {
  return { input in
    var configuration = Configuration()
    try configuration.read(Array(input), shown: "search.yaml")
    _ = configuration.plan(for: [])
  }
}

/// The configuration of a generator, and the addresses that it makes. The first byte chooses the language.
func siteTarget() throws -> FuzzTarget {
  let names = [
    "content/posts/2024-01-02-a.md", "content/zh/_index.md", "content/a/index.en.md", "docs/guide/README.md",
    "docs/01-intro/02-start.mdx", "blog/2024/01/02/index.md", "深/层.md", "",
  ]
  var front = FrontMatter()
  front.title = "标题 Title"
  front.date = "2024-02-03"
  front.categories = ["a/b"]
  return { [front] input in
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    let text = String(decoding: bytes, as: UTF8.self)
    let limit = SiteDetector.byteLimit
    let rules: [any AddressRules]
    switch first % 5 {
    case 0:
      let value = try TOMLReader.read(bytes[...], byteLimit: limit)
      rules = [HugoSite(value, nil)]
    case 1:
      let value = try YAMLReader.read(bytes[...], byteLimit: limit)
      rules = [HugoSite(value, nil), MkDocsSite(value, nil)]
    case 2:
      guard UTF8Text.firstInvalidByte(in: bytes.span) == nil else { return }
      var parser = JSONObjectParser()
      rules = [HugoSite(try parser.object(in: bytes.span).value, nil)]
    case 3: rules = [DocusaurusSite(config: text)]
    default: rules = [VitePressSite(config: text, home: "docs")]
    }
    for rule in rules {
      let knowing = rule.knowing(names: names)
      for name in names {
        let place = knowing.place(of: name, front)
        _ = knowing.resolve("../x.md#y", in: name, at: place.url)
      }
      var anchors = AnchorNames(rule.anchors, explicit: [])
      let heading = HeadingSource(text: "标题 & Title", markdown: "标题 *&* Title", explicit: nil)
      for _ in 0..<3 { _ = anchors.name(for: heading) }
    }
  }
}

/// Ignore files: up to the first empty line patterns, then paths that are held against them.
func ignoreTarget() throws -> FuzzTarget {
  return { input in
    let bytes = Array(input)
    var patterns: [UInt8] = []
    var paths: [[UInt8]] = []
    var isPath = false
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if line.isEmpty {
        isPath = true
      } else if isPath {
        paths.append(Array(line))
      } else {
        patterns += line + [0x0A]
      }
    }
    let outer = IgnoreRules(folder: "/", contents: [patterns], outer: nil)
    let rules = IgnoreRules(folder: "/site", contents: [patterns, patterns], outer: outer)
    for path in paths.prefix(20) + [Array("folder/读我.md".utf8)] {
      (Array("/site/".utf8) + path).withUnsafeBufferPointer { whole in
        for isFolder in [true, false] { _ = rules.ignores(whole, isFolder: isFolder) }
      }
    }
  }
}

/// The lists that a site's owner writes, and the files of an evaluation.
func listTarget() throws -> FuzzTarget {
  return { input in
    let text = String(decoding: input, as: UTF8.self)
    if let synonyms = try? Synonyms(parsing: text) {
      var all = synonyms
      try? all.add(synonyms)
    }
    _ = try? Pins(parsing: text)
    _ = try? EvaluationRecord(parsing: text)
    _ = SourceOptions.isSelector(text)
  }
}
