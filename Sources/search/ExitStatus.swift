import ContentIngest
import IndexFormat
import IndexStorage
import IndexWriting
import QueryEngine
import SiteConfiguration
import SiteIndexing

/// The exit codes of the program (sysexits), in one place.
struct ExitStatus {
  static let nothingFound: Int32 = 1
  static let usage: Int32 = 64
  static let badData: Int32 = 65
  static let noInput: Int32 = 66
  static let unavailable: Int32 = 69
  static let internalError: Int32 = 70
  static let inputOutput: Int32 = 74
  static let locked: Int32 = 75
  static let badConfiguration: Int32 = 78

  var status: Int32
  var message: String

  /// What an error means to the user; nil for those that the argument parser explains itself.
  init?(_ error: any Error) {
    switch error {
    case let error as CommandError:
      self.init(error.status, error.message)
    case let error as IndexOpenError:
      self.init(Self.noInput, "\(error). Run: \(error.remedy)")
    case let error as OtherAnalyzerError:
      self.init(Self.badData, Output.harmless("\(error). Rebuild it with: search index --full"))
    case let error as IndexFormatError:
      let remedy =
        error.isVersionMismatch
        ? "Rebuild it with: search index --full"
        : "The index is damaged. Rebuild it with: search index --full"
      self.init(Self.badData, "\(error). \(remedy)")
    case let error as ConfigurationError:
      self.init(Self.badConfiguration, Output.harmless("\(error)"))
    case let error as MissingInputError:
      self.init(Self.noInput, "\(error)")
    case is IndexLockedError:
      self.init(
        Self.locked,
        "another `search index` is at work on this index; try again when it is done, or wait for it with --wait"
      )
    case let error as UnreadableFolderError:
      self.init(Self.inputOutput, "\(IndexSummary.sentence(error.folder)); nothing was published")
    case let error as BadContentError:
      let inputs = "\(error.count) bad \(error.count == 1 ? "input" : "inputs")"
      self.init(
        Self.badData,
        "\(inputs), such as \(IndexSummary.sentence(error.first)); nothing was published (--strict)")
    case let error as FileInMotionError:
      self.init(
        Self.inputOutput,
        "\(Output.harmless(error.file)) changes while it is being read; nothing was published, try again")
    case let error as RebuildFirstError:
      self.init(
        Self.badData,
        "\(error.reason.sentence ?? "the index cannot be continued"). Run: search index --full; or, to have nothing but standard input: search index --stdin --full"
      )
    case let error as FileError:
      let isInput = error.isNotFound && error.operation != "mkdir"
      self.init(isInput ? Self.noInput : Self.inputOutput, "\(error)")
    case let error as RollbackError:
      self.init(
        Self.noInput, "\(error). search status lists what is kept; index.keep of search.yaml keeps more")
    case let error as QueryLimitError:
      self.init(Self.usage, "\(error)")
    case is Deadline.Passed:
      self.init(
        Self.usage,
        "the query took longer than \(QueryCommand.timeLimit.components.seconds) s and was ended; ask for fewer prefixes (word*) or longer ones"
      )
    default:
      return nil
    }
  }

  init(_ status: Int32, _ message: String) {
    self.status = status
    self.message = message
  }
}

extension IndexOpenError {
  /// The command that makes the index that is not there.
  var remedy: String {
    switch self {
    case .missing(IndexOptions.defaultPath): "search index"
    case .missing(let path): "search index --index \(Output.harmless(path)) PATH…"
    }
  }
}

/// A failure that the command itself has found, with its exit code.
struct CommandError: Error {
  var status: Int32
  var message: String
}
