import ArgumentParser
import Glibc
import IndexStorage
import SiteConfiguration
import Synchronization

/// Options of every command.
struct IndexOptions: ParsableArguments {
  @Option(
    name: .customLong("index"),
    help: ArgumentHelp(
      "Where the index is (default: .search beside search.yaml, or here).", valueName: "dir"))
  var indexPath: String?

  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("The configuration (default: the nearest search.yaml).", valueName: "file"))
  var configPath: String?

  @Flag(help: "Say only what was asked for.") var quiet = false

  @Option(help: "Colour: auto, always or never.") var color = ColorChoice.auto

  static let defaultPath = ".search"

  /// What holds for this run; `validate` has seen that it can be read.
  var settings: Configuration {
    Self.kept.withLock { kept in
      if let kept, kept.indexPath == indexPath, kept.configPath == configPath { return kept.settings }
      let settings = (try? readSettings()) ?? Configuration()
      kept = (indexPath, configPath, settings)
      return settings
    }
  }

  /// Read once: commands ask for settings one by one.
  private static let kept = Mutex<(indexPath: String?, configPath: String?, settings: Configuration)?>(nil)

  /// What holds now.
  func readSettings() throws(ConfigurationError) -> Configuration {
    var settings = try Configuration.read(
      named: configPath, environment: { name in getenv(name).map { String(cString: $0) } })
    if let indexPath { settings.override("index.dir", .text(indexPath), flag: "--index") }
    return settings
  }

  var path: String { settings.indexPath }

  /// Arguments of this program that bring the same index up to date.
  var indexCommand: [String] {
    ["index", "--quiet", "--index", path] + (configPath.map { ["--config", $0] } ?? [])
  }

  var directory: IndexDirectory { IndexDirectory(path: path) }

  func validate() throws {
    do { _ = try readSettings() } catch {
      // The parser would make a usage error of it.
      Output.complain(Output.harmless("\(error)"))
      Glibc.exit(ExitStatus.badConfiguration)
    }
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
