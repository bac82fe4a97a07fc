import ArgumentParser
import Glibc
import IndexStorage

/// Options of every command.
struct IndexOptions: ParsableArguments {
  @Option(
    name: .customLong("index"),
    help: ArgumentHelp("Where the index is (default: .search here).", valueName: "dir"))
  var indexPath: String?

  @Flag(help: "Say only what was asked for.") var quiet = false

  @Option(help: "Colour: auto, always or never.") var color = ColorChoice.auto

  static let defaultPath = ".search"

  var path: String {
    if let indexPath { return indexPath }
    if let value = getenv("SEARCH_INDEX_DIR") {
      let path = String(cString: value)
      if !path.isEmpty { return path }
    }
    return Self.defaultPath
  }

  var directory: IndexDirectory { IndexDirectory(path: path) }

  func validate() throws {
    if indexPath == "" { throw ValidationError("--index is empty; name a folder, such as .search.") }
  }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto
  case always
  case never

  /// Colour on standard output; `NO_COLOR` is obeyed.
  var isOn: Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
    }
  }
}
