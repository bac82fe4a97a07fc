import Synchronization

/// Answers of one commit that were given before: visitors type the same words.
///
/// Holds up to a number of bytes in two halves. What is asked for again moves to the young half; when that is
/// full, the old half goes. So nothing has to be sorted, and every answer costs two look-ups at most.
final class AnswerCache: Sendable {
  private struct State {
    var young: [String: Reply] = [:]
    var old: [String: Reply] = [:]
    var youngByteCount = 0
    var oldByteCount = 0
  }

  private let halfByteCount: Int
  private let state = Mutex(State())

  /// - Parameter byteCount: of all bodies and names together; 0 for no cache.
  init(byteCount: Int) { halfByteCount = byteCount / 2 }

  var byteCount: Int { state.withLock { $0.youngByteCount + $0.oldByteCount } }

  /// - Parameter name: everything of a request that its answer depends on.
  func reply(named name: String) -> Reply? {
    guard halfByteCount > 0 else { return nil }
    return state.withLock { state in
      if let reply = state.young[name] { return reply }
      guard let reply = state.old[name] else { return nil }
      keep(reply, name, &state)
      return reply
    }
  }

  /// Answers larger than a sixteenth of the cache are not worth what they would push out.
  func store(_ reply: Reply, named name: String) {
    guard Self.cost(reply, name) <= halfByteCount / 8 else { return }
    state.withLock { keep(reply, name, &$0) }
  }

  private func keep(_ reply: Reply, _ name: String, _ state: inout State) {
    guard state.young[name] == nil else { return }
    let cost = Self.cost(reply, name)
    if state.youngByteCount + cost > halfByteCount {
      state.old = state.young
      state.oldByteCount = state.youngByteCount
      state.young = [:]
      state.youngByteCount = 0
    }
    state.young[name] = reply
    state.youngByteCount += cost
  }

  /// With what the tables and fields of an answer take.
  private static func cost(_ reply: Reply, _ name: String) -> Int {
    reply.body.count + name.utf8.count + 1_024
  }
}
