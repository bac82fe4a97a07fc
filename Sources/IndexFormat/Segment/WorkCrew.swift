import Glibc

/// Threads that do pieces of work in the order in which they were handed over; the caller is one of them.
///
/// A bounded queue: who hands over more than fits works off the oldest piece first. A crew of one has no thread
/// beside the caller and does each piece at once. The calls below come from one thread, the one that made the crew.
@safe package final class WorkCrew {
  /// A piece of work; `lane` is the number of the thread that does it, 0 for the caller.
  package typealias Work = @Sendable (_ lane: Int) -> Void

  /// A piece of work that was handed over, for whoever waits for it.
  ///
  /// `@unchecked Sendable`: whether it is done is read and written under the mutex of the board.
  package final class Piece: @unchecked Sendable {
    fileprivate let work: Work
    fileprivate var isDone = false

    fileprivate init(_ work: @escaping Work) { self.work = work }
  }

  /// Cores of this machine that are at work.
  package static var coreCount: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

  /// Threads, the caller included: lanes are `0..<threadCount`.
  package let threadCount: Int
  private let board: Board
  private var threads: [pthread_t] = []

  /// - Parameter threadCount: at least 1; a thread that cannot be started is done without.
  package init(threadCount: Int = 1) {
    precondition(threadCount > 0, "a crew of \(threadCount)")
    self.threadCount = threadCount
    board = Board()
    for _ in 1..<threadCount {
      var thread = pthread_t()
      let argument = unsafe Unmanaged.passRetained(board)
      if unsafe pthread_create(&thread, nil, workForBoard, argument.toOpaque()) == 0 {
        threads.append(thread)
      } else {
        unsafe argument.release()
        break
      }
    }
  }

  deinit {
    board.end()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Hands over a piece of work.
  @discardableResult
  package func submit(_ work: @escaping Work) -> Piece {
    let piece = Piece(work)
    if threads.isEmpty {
      work(0)
      piece.isDone = true
    } else {
      while let oldest = board.append(piece, limit: 2 * threadCount) { perform(oldest) }
    }
    return piece
  }

  private func perform(_ piece: Piece) {
    piece.work(0)
    board.finish(piece)
  }

  /// Whether a piece is done, so that what it has written can be read.
  package func isDone(_ piece: Piece) -> Bool { board.isDone(piece) }

  /// Works and waits until a piece is done. What it has written can be read then, and not before.
  package func wait(for piece: Piece) { while let next = board.next(unless: piece) { perform(next) } }

  /// Works and waits until everything handed over is done.
  package func finish() { while let next = board.next() { perform(next) } }
}

/// What the threads of a crew share.
///
/// `@unchecked Sendable`: everything mutable is read and written under the mutex.
@safe private final class Board: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var queue: [WorkCrew.Piece] = []
  private var runningCount = 0
  private var laneCount = 1
  private var isEnding = false

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe pthread_cond_destroy(changed)
    unsafe mutex.deallocate()
    unsafe changed.deallocate()
  }

  private func locked<R>(_ body: () -> R) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe _ = pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Appends a piece; when the queue is full, takes out the oldest one to be done first, and the caller tries again.
  func append(_ piece: WorkCrew.Piece, limit: Int) -> WorkCrew.Piece? {
    locked {
      if queue.count >= limit { return take() }
      queue.append(piece)
      unsafe pthread_cond_signal(changed)
      return nil
    }
  }

  private func take() -> WorkCrew.Piece {
    runningCount += 1
    return queue.removeFirst()
  }

  /// A piece for the caller to do; nil once the one that is waited for is done, or nothing is left.
  func next(unless awaited: WorkCrew.Piece? = nil) -> WorkCrew.Piece? {
    locked {
      while true {
        if awaited?.isDone ?? false { return nil }
        if !queue.isEmpty { return take() }
        if runningCount == 0 { return nil }
        unsafe pthread_cond_wait(changed, mutex)
      }
    }
  }

  func isDone(_ piece: WorkCrew.Piece) -> Bool { locked { piece.isDone } }

  func finish(_ piece: WorkCrew.Piece) {
    locked {
      piece.isDone = true
      runningCount -= 1
      unsafe _ = pthread_cond_broadcast(changed)
    }
  }

  func end() {
    locked {
      isEnding = true
      unsafe _ = pthread_cond_broadcast(changed)
    }
  }

  /// The life of a thread.
  func run() {
    let lane = locked {
      laneCount += 1
      return laneCount - 1
    }
    while true {
      let piece: WorkCrew.Piece? = locked {
        while queue.isEmpty {
          if isEnding { return nil }
          unsafe pthread_cond_wait(changed, mutex)
        }
        return take()
      }
      guard let piece else { return }
      piece.work(lane)
      finish(piece)
    }
  }
}

/// A free function: a closure here would be checked for the actor that it was written on.
private func workForBoard(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  // Sound: `init` of the crew passes a retained board.
  if let argument = unsafe argument { unsafe Unmanaged<Board>.fromOpaque(argument).takeRetainedValue().run() }
  return nil
}
