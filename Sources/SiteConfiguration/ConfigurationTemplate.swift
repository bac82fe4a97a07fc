package import ContentIngest

/// The text of a new `search.yaml`: what was found, and every other key as a comment with its default.
package enum ConfigurationTemplate {
  package static func text(for source: ContentSource, baseURL: String?) -> String {
    var lines = [
      "# What search reads and how it answers. Every key may go: then what is written behind # holds.",
      "# `search config` prints the values that count and where they come from.", "version: 1", "",
    ]
    lines += section("site") { key in
      key.name == "site.base_url" && baseURL != nil ? "found: \(baseURL ?? "")" : nil
    }
    lines += [
      "sources:", "  - path: .", "    type: \(source.kind.rawValue)" + reason(source),
      "    # include: [\"posts/**\"]        # patterns below the site's folder; default: \(content(source))",
      "    # exclude: [\"**/drafts/**\"]", "    # base_url: https://example.org/",
      "    # split: auto                   # auto, page, heading, item",
      "    # heading_levels: [1, 6]        # other headings begin no entry", "    # drafts: false",
      "    # future: false                 # Hugo: pages with a later date",
      "    # category: auto                # auto, none, folder:1",
      "    # language: auto                # or zh, en … for pages that do not say it",
      "    # boost: 1                      # factor of the score",
      "    # shortcodes: inner             # inner, drop",
      "    # ignore_files: true            # obey .gitignore and .searchignore",
    ]
    if source.kind == .html {
      lines.append("    # selectors: {content: main, ignore: \".toc, .breadcrumbs\"}")
    }
    lines += ["    # fields: {title: [name], text: [content]}   # JSONL with other names", ""]
    for name in ["index", "analysis", "ranking", "query"] { lines += section(name) { _ in nil } }
    lines += ["# facets: [category]   # of \(ConfigurationKey.facetNames.joined(separator: ", "))", ""]
    lines += section("serve") { _ in nil }
    return lines.joined(separator: "\n")
  }

  private static func section(_ name: String, note: (ConfigurationKey) -> String?) -> [String] {
    var lines = ["# \(name):"]
    let keys = ConfigurationKey.all.filter { $0.name.hasPrefix(name + ".") }
    var written: Set<Substring> = []
    for key in keys {
      let parts = key.name.split(separator: ".").dropFirst()
      let first = parts.first ?? ""
      guard written.insert(first).inserted else { continue }
      let value = shown(key)
      guard parts.count == 2 else {
        lines.append("#   \(first): \(value)   # \(note(key) ?? key.purpose)")
        continue
      }
      // Keys with one more level are written in one line, as a mapping.
      let siblings = keys.filter { $0.name.hasPrefix("\(name).\(first).") }
      let members = siblings.map {
        "\($0.name.split(separator: ".").last ?? ""): \(shown($0))"
      }
      let purposes = siblings.map(\.purpose).joined(separator: "; ")
      lines.append("#   \(first): {\(members.joined(separator: ", "))}   # \(purposes)")
    }
    if name == "ranking" {
      lines.append("#   pins: [{query: [安装, install], urls: [/install/]}]   # these first, for these queries")
    }
    return lines + [""]
  }

  /// The default, or that nothing stands there.
  private static func shown(_ key: ConfigurationKey) -> String {
    guard key.kind.isList else { return key.defaultText ?? "\"\"" }
    guard case .texts(let texts)? = key.defaultValue else { return "[]" }
    return "[\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]"
  }

  private static func reason(_ source: ContentSource) -> String {
    source.evidence.isEmpty ? "" : "   # \(source.evidence)"
  }

  private static func content(_ source: ContentSource) -> String {
    let endings = source.kind.extensions.sorted().map { "*." + $0 }.joined(separator: " ")
    return source.folders.isEmpty ? endings : endings + " in " + source.folders.joined(separator: ", ")
  }
}
