import ArgumentParser
import SearchService

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make keys that let a client search.",
    discussion: """
      `search serve` with serve.keys (or SEARCH_API_KEYS, SEARCH_API_KEYS_FILE) answers
      only who shows a key. It knows the hashes alone, so a configuration gives no key away.
      """, subcommands: [New.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new", abstract: "Print a new key, for the client, and its hash, for serve.keys.")

    @OptionGroup var options: IndexOptions

    func run() throws {
      guard let key = APIKeys.makeKey() else {
        throw CommandError(status: ExitStatus.internalError, message: "the system has no random numbers")
      }
      Output.print("key   \(key)")
      Output.print("hash  \(APIKeys.hash(of: key))")
    }
  }
}
