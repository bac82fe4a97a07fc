import ArgumentParser
import IndexStorage
import SearchModel
import SiteConfiguration
import SiteIndexing

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look over the content: what is skipped, doubled, dead or out of date.",
    discussion: """
      Reads the files of the index, or those named, and publishes nothing. With --strict it
      ends with 65 when it has something to say.
      """)

  @OptionGroup var options: IndexOptions
  @Flag(help: "End with 65 when there is a finding.") var strict = false
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: "Files and folders.") var paths: [String] = []

  func validate() throws {
    if paths.contains("") {
      throw ValidationError("a PATH is empty; name a file or folder, or . for this one.")
    }
  }

  func run() throws {
    let settings = try options.readSettings()
    let sources = try SourceList(paths: paths, stdin: false, settings: settings)
    let directory = IndexDirectory(path: settings.indexPath)
    let findings = try SiteCheck(directory).findings(
      in: sources.paths, recordedPaths: sources.recorded(for: directory),
      options: IndexRun.Options(settings, for: sources))
    if json {
      var json = JSONWriter()
      json.object { json in
        json.key("findings")
        json.array { json in
          for finding in findings {
            json.object { json in
              json.field("kind", finding.kind.rawValue)
              json.field("file", finding.file.isEmpty ? nil : finding.file)
              json.field("detail", finding.detail)
            }
          }
        }
      }
      Output.print(json.bytes)
    } else {
      for finding in findings {
        let place = finding.file.isEmpty ? "" : Output.harmless(finding.file) + ": "
        Output.print("\(finding.kind.rawValue)\t\(place)\(Output.harmless(finding.detail))")
      }
      if !options.quiet, findings.isEmpty { Output.print("Nothing to complain about.") }
    }
    if strict, !findings.isEmpty { throw ExitCode(ExitStatus.badData) }
  }
}
