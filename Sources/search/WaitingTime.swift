import ArgumentParser
import IndexStorage

/// The value of `--wait`: how long to wait for another writer of the index.
struct WaitingTime: ExpressibleByArgument, CustomStringConvertible {
  static let unlimited = WaitingTime(patience: .unlimited)
  static let explanation =
    "Wait while another `search index` is at work, at most for some seconds: --wait=60."

  var patience: LockPatience

  init(patience: LockPatience) { self.patience = patience }

  init?(argument: String) {
    guard let seconds = Int(argument), (0...1_000_000).contains(seconds) else { return nil }
    patience = .seconds(seconds)
  }

  var description: String {
    switch patience {
    case .none: "0"
    case .seconds(let seconds): String(seconds)
    case .unlimited: "unlimited"
    }
  }

  /// Runs what needs the right to write; says so before it waits for it.
  static func run<R>(_ wait: WaitingTime?, _ body: (LockPatience) throws -> R) throws -> R {
    do { return try body(.none) } catch let error as IndexLockedError {
      guard let wait else { throw error }
      Output.complain("another `search index` is at work on this index; waiting for it")
      return try body(wait.patience)
    }
  }
}
