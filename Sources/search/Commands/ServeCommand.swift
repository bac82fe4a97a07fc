import ArgumentParser
import Dispatch
import Logging
import SearchModel
import SearchService
import SiteConfiguration
import Synchronization

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Answer searches over HTTP, with a search page at /.",
    discussion: """
      Takes over every new commit of the index by itself. SIGTERM and Ctrl-C let the answers under way finish.
      Behind another server: forward a path to this one, and leave --cors out.
      """)

  @OptionGroup var options: IndexOptions
  @Option(help: "Address to listen on (default: 127.0.0.1).") var host: String?
  @Option(help: "Port to listen on; 0 for any free one (default: 7720).") var port: Int?
  @Option(
    help: ArgumentHelp(
      "A site whose pages may read answers, such as https://example.org; repeatable.", valueName: "origin"))
  var cors: [String] = []
  @Option(
    help: ArgumentHelp(
      "Where visitors reach this server, such as https://example.org/search/; for browsers that add the search.",
      valueName: "address"))
  var baseURL: String?
  @Flag(help: "Show counters and durations for Prometheus at /metrics.") var metrics = false
  @Flag(help: "Search again for what was asked before, instead of keeping answers.") var noCache = false

  func validate() throws {
    if let port, !(0...65_535).contains(port) {
      throw ValidationError("--port is \(port); choose 0 to 65535.")
    }
    guard host != "" else { throw ValidationError("--host is empty; name an address such as 127.0.0.1.") }
    _ = try origins()
    if let baseURL, BaseURL(baseURL) == nil {
      throw ValidationError(
        "--base-url is \(baseURL); name scheme, host and path, such as https://example.org/search/.")
    }
  }

  private func origins() throws -> [Origin] {
    // Origins of the configuration are held against the same rule.
    try (cors.isEmpty ? options.settings.origins : cors).map { text in
      guard let origin = Origin(text) else {
        throw ValidationError("--cors is \(text); name scheme and host only, such as https://example.org.")
      }
      return origin
    }
  }

  func run() throws {
    var logger = Logger(label: "serve") { _ in LogLines() }
    if options.quiet { logger.logLevel = .warning }
    let settings = options.settings
    var serverOptions = SearchServer.Options(
      host: host ?? settings.host, port: port ?? settings.port, origins: try origins())
    serverOptions.baseURL = baseURL.flatMap { BaseURL($0) }
    serverOptions.hasMetrics = metrics || settings.hasMetrics
    serverOptions.dialects = Set(settings.dialects.compactMap { Dialect(rawValue: $0) })
    serverOptions.indexNames = IndexNames(only: settings.indexName)
    serverOptions.choices = OwnerChoices(
      analysis: try settings.analysisOptions(), search: try settings.searchOptions())
    serverOptions.operation = try settings.operationOptions(indexCommand: options.indexCommand)
    serverOptions.keepsAnswers = settings.keepsAnswers && !noCache
    let server = try SearchServer(options.directory, options: serverOptions, logger: logger)
    do { try finish { try await server.run() } } catch let error as SearchServer.ListenError {
      throw CommandError(status: ExitStatus.unavailable, message: "\(error)")
    }
  }

  /// Waits for work that is asynchronous; the main thread has nothing else to do.
  private func finish(_ work: @escaping @Sendable () async throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<(any Error)?>(nil)
    Task.detached {
      do { try await work() } catch { result.withLock { $0 = error } }
      done.signal()
    }
    done.wait()
    if let error = result.withLock({ $0 }) { throw error }
  }
}
