import NIOCore

/// The connections of one event loop that have more to do, one turn after the other.
///
/// A loop does all that it has been told to do later before it looks at its sockets again. Connections that told
/// it so at the end of each turn would keep it from everybody else until none of them had anything left to do.
/// Here it looks at its sockets after every round.
final class TurnQueue {
  /// After which no further turn begins; less than anybody notices, also when it is waited for a few times.
  static let roundTime = TimeAmount.milliseconds(2)
  /// Between rounds. What is due at once would be done before the loop looks at its sockets.
  static let pause = TimeAmount.microseconds(100)

  private let eventLoop: any EventLoop
  private var turns = CircularBuffer<() -> Void>()
  private var isScheduled = false

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  var isEmpty: Bool { turns.isEmpty }

  /// Does something when those that came before have had their turns.
  func append(_ turn: @escaping () -> Void) {
    turns.append(turn)
    schedule()
  }

  private func schedule() {
    guard !isScheduled, !turns.isEmpty else { return }
    isScheduled = true
    eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in takeTurns() }
  }

  private func takeTurns() {
    let end = NIODeadline.now() + Self.roundTime
    repeat { turns.popFirst()?() } while !turns.isEmpty && .now() < end
    // Not before: the pause begins when the round is over.
    isScheduled = false
    schedule()
  }
}
