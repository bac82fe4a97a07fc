import ArgumentParser
import ContentIngest
import SearchModel
import SiteConfiguration

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Print the values that count and where each comes from.",
    discussion: """
      A flag counts before the environment (SEARCH_INDEX_DIR for index.dir), that
      before search.yaml, that before what the site's own files say.
      """)

  @OptionGroup var options: IndexOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    var settings = options.settings
    let paths = settings.sources.isEmpty ? ["."] : settings.sources.map(\.path)
    let sources = settings.plan(for: paths).sources
    if let site = sources.first, let base = site.baseURL {
      settings.detect("site.base_url", .text(base), in: site.evidence)
    }
    if json { return Output.print(object(settings, sources)) }
    Output.print("file".padded(to: 28) + Output.harmless(settings.file ?? "none"))
    for key in ConfigurationKey.all {
      let setting = settings.settings[key.name]
      let value = setting.map { key.written($0.value) } ?? ""
      Output.print(
        key.name.padded(to: 28) + Output.harmless(value.isEmpty ? "–" : value).padded(to: 24)
          + (setting?.origin.description ?? "default"))
    }
    for source in sources {
      Output.print(
        "source".padded(to: 28) + Output.harmless(source.root) + "  " + source.kind.rawValue
          + (source.folders.isEmpty ? "" : "  " + Output.harmless(source.folders.joined(separator: ", ")))
          + (source.evidence.isEmpty ? "" : "  detected in " + source.evidence))
    }
  }

  private func object(_ settings: Configuration, _ sources: [ContentSource]) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("file", settings.file)
      json.key("values")
      json.array { json in
        for key in ConfigurationKey.all {
          let setting = settings.settings[key.name]
          json.object { json in
            json.field("key", key.name)
            json.field("value", setting.map { key.written($0.value) })
            json.field("origin", (setting?.origin ?? .standard).description)
          }
        }
      }
      json.key("sources")
      json.array { json in
        for source in sources {
          json.object { json in
            json.field("path", source.root)
            json.field("type", source.kind.rawValue)
            json.field("folders", source.folders)
            json.field("detected", source.evidence.isEmpty ? nil : source.evidence)
          }
        }
      }
    }
    return json.bytes
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(2, width - unicodeScalars.count))
  }
}
