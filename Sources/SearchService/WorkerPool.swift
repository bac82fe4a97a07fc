import NIOPosix
import QueryEngine
import Synchronization

/// The threads that search, as many as cores: an event loop never waits for a search.
///
/// Takes on a bounded number of jobs. What does not fit is refused at once, so the jobs taken on are done in
/// time.
final class WorkerPool: Sendable {
  private let threads: NIOThreadPool
  /// Jobs that may wait or run.
  let capacity: Int
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

  /// Jobs that wait or run.
  var jobCount: Int { jobs.load(ordering: .relaxed) }

  /// Whether one more job would be refused.
  var isFull: Bool { jobCount >= capacity }

  /// Runs a search on one of the threads.
  ///
  /// - Parameters:
  ///   - work: gets the time at which nobody waits for it any more.
  ///   - finish: called once, on that thread or at once: with what `work` gives or throws,
  ///     `ServiceError.overloaded` when the queue is full, `Deadline.Passed`, `CancellationError` at the end.
  func submit<R: Sendable>(
    _ work: @escaping @Sendable (Deadline) throws -> R,
    then finish: @escaping @Sendable (Result<R, any Error>) -> Void
  ) {
    guard jobs.add(1, ordering: .relaxed).newValue <= capacity else {
      jobs.subtract(1, ordering: .relaxed)
      refusals.add(1, ordering: .relaxed)
      return finish(.failure(ServiceError.overloaded))
    }
    let deadline = Deadline(ContinuousClock.now + queryTime)
    threads.submit { [self] state in
      let result = Result {
        guard case .active = state else { throw CancellationError() }
        // The time in the queue counts: nobody waits for this answer any more.
        try deadline.check()
        return try work(deadline)
      }
      jobs.subtract(1, ordering: .relaxed)
      finish(result)
    }
  }

  /// Requests refused since the last call.
  func takeRefusals() -> Int { refusals.exchange(0, ordering: .relaxed) }

  func stop() async { try? await threads.shutdownGracefully() }
}
