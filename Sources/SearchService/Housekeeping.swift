import Logging
import NIOPosix
import ServiceLifecycle

/// What goes on beside the answers: taking over new commits, writing down searches.
final class Housekeeping: Service {
  private let index: ServedIndex
  private let workers: WorkerPool
  private let queryLog: QueryLog?
  private let reindexing: Reindexing?
  private let interval: Duration
  private let logger: Logger
  /// Opening a commit blocks.
  private let threads = NIOThreadPool(numberOfThreads: 1)

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
        try? await threads.runIfActive { [index, logger] in _ = index.takeOverNewCommit(logger) }
        queryLog?.writeDue()
        reindexing?.runIfDue()
        let refusals = workers.takeRefusals()
        if refusals > 0 { logger.warning("overloaded", metadata: ["refused": "\(refusals)"]) }
      }
    }
  }

  func stop() async { try? await threads.shutdownGracefully() }
}
