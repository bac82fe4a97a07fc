/// One call of a `FaultyFileSystem`, as it stands in its trace.
package struct FileOperation: Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, CaseIterable, Sendable {
    case create, openLock, write, sync, close, rename, unlink, makeDirectory, syncDirectory, lock
    case openForReading, read, status, names, map
    /// The close of a file that was not written.
    case release

    /// All that change files, make changes durable, or take the right to make them.
    package static let mutating: Set<Kind> = [
      .create, .openLock, .write, .sync, .close, .rename, .unlink, .makeDirectory, .syncDirectory, .lock,
    ]
    package static let reading = Set(allCases).subtracting(mutating)
  }

  package var kind: Kind
  /// Relative to the root of the file system; absolute outside of it.
  package var path: String
  /// Where a rename leads.
  package var newPath: String?
  /// Bytes that a write was asked for.
  package var byteCount: Int?
  /// The `errno` it failed with, injected or real.
  package var failure: Int32?

  /// For example "rename index/tmp-a index/a" or "write index/tmp-a 12: errno 28".
  package var description: String {
    var text = "\(kind) \(path)"
    if let newPath { text += " \(newPath)" }
    if let byteCount { text += " \(byteCount)" }
    if let failure { text += ": errno \(failure)" }
    return text
  }
}

/// What a `FaultyFileSystem` does wrong, and when.
package struct Fault: Sendable {
  package enum Effect: Sendable, Equatable {
    /// Nothing happens but the error. `close` still frees the descriptor, as Linux does.
    case fails(Int32)
    /// The call does its work, and then says that it failed.
    case failsAfterwards(Int32)
    /// A write takes only the first half of its bytes, at least one.
    case writesShort
  }

  package var effect: Effect
  /// It hits the `number`-th call (from 1) among `operations`.
  package var number: Int
  /// Whether it hits all that follow as well. EINTR then hits every second one: nobody is interrupted for ever.
  package var isForEver: Bool
  package var operations: Set<FileOperation.Kind>

  package init(
    _ effect: Effect, at number: Int, forEver isForEver: Bool = false,
    in operations: Set<FileOperation.Kind>? = nil
  ) {
    self.effect = effect
    self.number = number
    self.isForEver = isForEver
    self.operations = operations ?? (effect == .writesShort ? [.write] : FileOperation.Kind.mutating)
  }
}
