import Logging
import NIOPosix
import ServiceLifecycle

/// What goes on beside the answers: taking over new commits, building completions, writing down searches.
final class Housekeeping: Service {
  private let index: ServedIndex
  private let workers: WorkerPool
  private let queryLog: QueryLog?
  private let reindexing: Reindexing?
  private let interval: Duration
  private let logger: Logger
  /// One looks after commits, the other builds.
  private let threads = NIOThreadPool(numberOfThreads: 2)

  init(
    _ index: ServedIndex, workers: WorkerPool, queryLog: QueryLog?, reindexing: Reindexing?,
    limits: ServiceLimits, logger: Logger
  ) {
    self.index = index
    self.workers = workers
    self.queryLog = queryLog
    self.reindexing = reindexing
    interval = limits.pollInterval
    self.logger = logger
    threads.start()
  }

  func run() async throws {
    await cancelWhenGracefulShutdown { [self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: interval)
        let commit = try? await threads.runIfActive { [index, logger] in index.takeOverNewCommit(logger) }
        if let commit = commit ?? nil, commit.wantsCompletions { prepareCompletions(of: commit) }
        queryLog?.writeDue()
        reindexing?.runIfDue()
        let refusals = workers.takeRefusals()
        if refusals > 0 { logger.warning("overloaded", metadata: ["refused": "\(refusals)"]) }
      }
    }
  }

  /// Has the completions of a commit built, unless that has been done.
  func prepareCompletions(of commit: ServedCommit) {
    guard commit.claimCompletions() else { return }
    threads.submit { [logger] state in
      guard case .active = state else { return }
      do { try commit.buildCompletions() } catch {
        logger.error("no completions", metadata: ["reason": "\(error)"])
      }
    }
  }

  func stop() async { try? await threads.shutdownGracefully() }
}
