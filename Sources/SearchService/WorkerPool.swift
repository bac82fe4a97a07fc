import NIOPosix
import QueryEngine
import Synchronization

/// The threads that search, as many as cores: an event loop never waits for a search.
///
/// Takes on a bounded number of jobs. What does not fit is refused at once, so the jobs taken on are done in
/// time.
final class WorkerPool: Sendable {
  private let threads: NIOThreadPool
  private let capacity: Int
  private let queryTime: Duration
  /// Jobs taken on and not done yet.
  private let jobs = Atomic<Int>(0)
  private let refusals = Atomic<Int>(0)

  init(threadCount: Int, limits: ServiceLimits) {
    threads = NIOThreadPool(numberOfThreads: threadCount)
    threads.start()
    capacity = threadCount + limits.queueLength
    queryTime = limits.queryTime
  }

  /// Runs a search on one of the threads.
  ///
  /// - Throws: `ServiceError.overloaded` when the queue is full, `Deadline.Passed`, what `work` throws.
  func run<R: Sendable>(_ work: @escaping @Sendable (Deadline) throws -> R) async throws -> R {
    let deadline = Deadline(ContinuousClock.now + queryTime)
    defer { jobs.subtract(1, ordering: .relaxed) }
    guard jobs.add(1, ordering: .relaxed).newValue <= capacity else {
      refusals.add(1, ordering: .relaxed)
      throw ServiceError.overloaded
    }
    return try await threads.runIfActive {
      // The time in the queue counts: nobody waits for this answer any more.
      try deadline.check()
      return try work(deadline)
    }
  }

  /// Requests refused since the last call.
  func takeRefusals() -> Int { refusals.exchange(0, ordering: .relaxed) }

  func stop() async { try? await threads.shutdownGracefully() }
}
