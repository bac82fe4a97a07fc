import CICU
import Synchronization

/// A regular expression of a site's configuration over names of files, compiled once.
///
/// By ICU, which counts its steps: `(a+)+$` would keep an engine without limits busy for years.
final class FileExpression: Sendable, CustomReflectable {
  let pattern: String
  private let handle: Mutex<Handle>

  /// What ICU keeps for an expression; used by one thread at a time.
  private struct Handle: ~Copyable, @unchecked Sendable {
    let pointer: OpaquePointer

    init?(_ pattern: String) {
      let units = Array(pattern.utf16)
      guard units.count <= FileExpression.lengthLimit,
        let pointer = cicu_pattern_open(units, Int32(units.count))
      else { return nil }
      self.pointer = pointer
    }

    deinit { cicu_pattern_close(pointer) }
  }

  private static let lengthLimit = 1_000

  /// Nil for what is no expression, or a very long one.
  init?(_ pattern: String) {
    guard let handle = Handle(pattern) else { return nil }
    self.pattern = pattern
    self.handle = Mutex(handle)
  }

  /// Whether it stands in a name; not when finding out takes too long, for then the page stays.
  func matches(_ name: String) -> Bool {
    let units = Array(name.utf16)
    guard let count = Int32(exactly: units.count) else { return false }
    return handle.withLock { cicu_pattern_finds($0.pointer, units, count) == 1 }
  }

  /// The pattern alone: that makes two of them equal (`StableText`).
  var customMirror: Mirror { Mirror(self, children: ["pattern": pattern]) }
}
