import Glibc
import HummingbirdCore
import IndexFormat
package import IndexStorage
package import Logging
import NIOCore
import NIOPosix
package import SearchModel
package import ServiceLifecycle
import UnixSignals

/// The HTTP endpoint: one index, one address.
package struct SearchServer: Sendable {
  package struct Options: Sendable {
    package var host: String
    /// 0 for any free one.
    package var port: Int
    /// Sites whose pages may read answers.
    package var origins: [Origin]
    /// Where visitors reach the server; nil for where each of them says.
    package var baseURL: BaseURL?
    /// Whether `/metrics` is there.
    package var hasMetrics = false
    package var choices = OwnerChoices()
    package var operation = OperationOptions()
    /// Other engines whose clients are answered.
    package var dialects = Set(Dialect.allCases)
    /// By which names those clients may call the index.
    package var indexNames = IndexNames()
    var limits = ServiceLimits()
    /// Threads that search.
    var threadCount = System.coreCount

    package init(host: String = "127.0.0.1", port: Int = 7_720, origins: [Origin] = []) {
      self.host = host
      self.port = port
      self.origins = origins
    }

    /// Whether answers are kept to be given again.
    package var keepsAnswers: Bool {
      get { limits.cacheBytes > 0 }
      set { limits.cacheBytes = newValue ? ServiceLimits().cacheBytes : 0 }
    }
  }

  /// The address is taken, or not ours.
  package struct ListenError: Error, CustomStringConvertible {
    package var description: String
  }

  private let options: Options
  private let logger: Logger
  private let index: ServedIndex
  private let workers: WorkerPool
  private let housekeeping: Housekeeping
  private let logs: ServiceLogs
  private let reindexing: Reindexing?
  let endpoint: Endpoint

  /// Opens and checks the index, and opens the logs.
  ///
  /// - Throws: `IndexOpenError`, `IndexFormatError`, `FileError`.
  package init(_ directory: IndexDirectory, options: Options, logger: Logger) throws {
    self.options = options
    self.logger = logger
    index = try ServedIndex(directory, limits: options.limits, choices: options.choices)
    workers = WorkerPool(threadCount: options.threadCount, limits: options.limits)
    logs = try ServiceLogs(options.operation, logger: logger)
    reindexing = options.operation.webhook.map {
      Reindexing($0, timing: options.limits.reindexing, logger: logger)
    }
    housekeeping = Housekeeping(
      index, workers: workers, queryLog: logs.queries, reindexing: reindexing, limits: options.limits,
      logger: logger)
    endpoint = Endpoint(
      index, workers: workers, logs: logs, reindexing: reindexing, options: options, logger: logger)
  }

  /// Serves until SIGTERM or SIGINT, then answers what is under way.
  ///
  /// - Throws: `ListenError`.
  package func run() async throws { try await run(services(stoppingOnSignals: true)) }

  /// Runs what `services` gave back, until it is told to stop.
  package func run(_ group: ServiceGroup) async throws {
    var failure: (any Error)?
    do { try await group.run() } catch is CancellationError {
      logger.warning("stopped before every answer was sent")
    } catch { failure = error }
    await workers.stop()
    await housekeeping.stop()
    await reindexing?.stop()
    await logs.stop()
    if let failure {
      guard let reason = Self.reason(notListening: failure) else { throw failure }
      throw ListenError(description: "cannot listen on \(options.host), port \(options.port): \(reason)")
    }
    logger.info("stopped")
  }

  /// The server as services, for whoever stops it by other means than signals.
  ///
  /// - Parameter onListening: called with the port, as soon as connections are taken.
  package func services(
    stoppingOnSignals: Bool = false, onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> ServiceGroup {
    let limits = options.limits
    let eventLoops = MultiThreadedEventLoopGroup.singleton
    let server = EndpointChannel(endpoint, limits: limits, eventLoops: eventLoops).server(
      configuration: ServerConfiguration(
        address: .hostname(options.host, port: options.port), backlog: 1_024,
        availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit, logger: logger)),
      onServerRunning: { [logger, index, options] channel in
        // There is no earlier place for a handler or an option of the listening socket.
        try? await channel.eventLoop.submit {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger), position: .first)
          try channel.syncOptions?.setOption(.maxMessagesPerRead, value: UInt(Self.acceptCount))
        }.get()
        let port = channel.localAddress?.port ?? options.port
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        let commit = index.current.snapshot
        logger.info(
          "listening",
          metadata: [
            "address": "http://\(host):\(port)/", "commit": "\(commit.commit.number)",
            "entries": "\(commit.entryCount)",
          ])
        onListening(port)
      },
      eventLoopGroup: eventLoops, logger: Self.quiet(logger))
    var configuration = ServiceGroupConfiguration(
      services: [
        .init(service: housekeeping),
        .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
      ],
      gracefulShutdownSignals: stoppingOnSignals ? [.sigterm, .sigint] : [], logger: Self.quiet(logger))
    configuration.maximumGracefulShutdownDuration = limits.drainTime
    return ServiceGroup(configuration: configuration)
  }

  /// The frameworks' own lines only when something is wrong.
  private static func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .warning)
    return logger
  }

  /// Connections that are accepted in a row: whoever comes after hundreds of others waits for as many rounds of
  /// the event loop as there are rows.
  private static let acceptCount = 16

  /// Connections at once: some descriptors stay free for the index, and accepting never fails for want of one.
  private static var connectionLimit: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
    // The row that reaches the limit is accepted to its end.
    return min(max(Int(clamping: limit.rlim_cur) - 40 - acceptCount, 8), 8_192)
  }

  /// Why an address cannot be listened on; nil when something else went wrong.
  private static func reason(notListening error: any Error) -> String? {
    switch error {
    case let error as IOError where error.errnoCode == EADDRINUSE:
      "the port is in use; stop the other program or choose another --port"
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case is SocketAddressError, is SocketAddressError.UnknownHost: "there is no such host"
    default: nil
    }
  }
}
