import ArgumentParser
import Glibc
import IndexStorage
import SearchService

struct WidgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "widget", abstract: "Write the search box for a site's own pages.",
    discussion: """
      Writes search.js and search.css, which the site serves; search-box.md, which
      says how Hugo, MkDocs, Docusaurus, VitePress and plain pages take them in;
      and search-box.html, a page to try it with.
      """)

  @OptionGroup var options: IndexOptions
  @Option(help: ArgumentHelp("The folder to write to; made if need be.", valueName: "dir")) var out: String
  @Option(help: "Where visitors reach `search serve`: a path of the site, or an address.")
  var endpoint = "/search-api/"

  func validate() throws {
    guard !out.isEmpty else { throw ValidationError("--out is empty; name a folder, such as static/search.") }
    guard Widget.isPlain(endpoint) else {
      throw ValidationError(
        "--endpoint is \(endpoint); choose a path such as /search-api/ or an address such as https://search.example.org/."
      )
    }
  }

  func run() throws {
    guard mkdir(out, 0o777) == 0 || errno == EEXIST else {
      throw FileError(operation: "mkdir", path: out, code: errno)
    }
    for file in Widget.files(endpoint: endpoint) {
      let path = out + "/" + file.name
      try FileBytes.write(file.bytes, to: path)
      if !options.quiet { Output.print(Output.harmless(path)) }
    }
  }
}
