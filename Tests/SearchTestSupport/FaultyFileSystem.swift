import Glibc
package import IndexStorage
import Synchronization

/// A file system with a bad day: real files below `root`, with faults on demand and a model of the disk.
///
/// It counts and records every call, lets chosen ones fail, knows which descriptors and mappings are open, and
/// can tell what a power failure would have left after any of its steps. Nothing is really synced, so that
/// thousands of runs are cheap: what counts as durable is up to the model (see `DiskModel`).
package final class FaultyFileSystem: FileSystem {
  /// The directory that the power failure model covers. What is in it at the start counts as durable.
  package let root: String
  private let base: any FileSystem
  private let owner: TemporaryDirectory?
  private let start: DiskModel
  private let state: Mutex<State>

  private struct State {
    var trace: [FileOperation] = []
    var armed: [ArmedFault] = []
    var injectedCount = 0
    var bytesLeft: Int?
    var open: [Int32: OpenFile] = [:]
    var mappings: [UInt: Int] = [:]
    var steps: [DiskModel.Step] = []
    var nextFile: Int

    /// Counts one call and says whether a fault hits it.
    mutating func decide(_ kind: FileOperation.Kind) -> Verdict {
      var verdict = Verdict.proceed
      for index in armed.indices where armed[index].fault.operations.contains(kind) {
        let fault = armed[index].fault
        armed[index].matchCount += 1
        var isHit =
          fault.isForEver ? armed[index].matchCount >= fault.number : armed[index].matchCount == fault.number
        if fault.effect == .fails(EINTR), armed[index].hitLast { isHit = false }
        if fault.effect == .writesShort, kind != .write { isHit = false }
        armed[index].hitLast = isHit
        if !isHit { continue }
        // A call that hands something out cannot fail afterwards: nobody could give it back.
        if case .failsAfterwards(let code) = fault.effect, FaultyFileSystem.handsOut.contains(kind) {
          verdict = .hit(.fails(code))
        } else {
          verdict = .hit(fault.effect)
        }
      }
      if case .hit = verdict { injectedCount += 1 }
      return verdict
    }
  }

  private struct OpenFile {
    var path: String
    /// The file in the disk model; nil when it is only read or locked, or not below the root.
    var file: Int?
    var isWritten: Bool
  }

  private struct ArmedFault {
    var fault: Fault
    var matchCount = 0
    var hitLast = false
  }

  private static let handsOut: Set<FileOperation.Kind> = [.create, .openLock, .openForReading, .map]

  private enum Verdict {
    case proceed
    case hit(Fault.Effect)
  }

  package convenience init(root: String) throws {
    try self.init(root: root, owner: nil)
  }

  /// Keeps the directory for as long as this object lives.
  package convenience init(root: TemporaryDirectory) throws {
    try self.init(root: root.path, owner: root)
  }

  private init(root: String, owner: TemporaryDirectory?) throws {
    self.root = normalized(root)
    self.owner = owner
    base = POSIXFileSystem()
    start = try DiskModel(directory: root)
    state = Mutex(State(nextFile: start.fileCount))
  }

  // MARK: What a test sets and sees

  package func inject(_ fault: Fault) {
    state.withLock { $0.armed.append(ArmedFault(fault: fault)) }
  }

  /// Lets the disk take only `byteCount` more bytes: then writes are short, then fail with ENOSPC. Removing
  /// files gives nothing back. nil: no limit.
  package func limitSpace(to byteCount: Int?) {
    state.withLock { $0.bytesLeft = byteCount }
  }

  package func clearFaults() {
    state.withLock {
      $0.armed = []
      $0.bytesLeft = nil
    }
  }

  /// Calls that a fault hit, a full disk included.
  package var injectedCount: Int { state.withLock { $0.injectedCount } }

  /// All calls, in order.
  package var trace: [FileOperation] { state.withLock { $0.trace } }

  /// The mutating ones of them: a fault `at:` 1 ... this count of a clean run hits something.
  package var mutationCount: Int {
    state.withLock { state in state.trace.count { FileOperation.Kind.mutating.contains($0.kind) } }
  }

  package var openDescriptorCount: Int { state.withLock { $0.open.count } }

  package var openMappingCount: Int { state.withLock { $0.mappings.count } }

  /// Changes of the disk so far. Between any two of them the power may fail.
  package var stepCount: Int { state.withLock { $0.steps.count } }

  /// What may be on the disk when the power fails after the first `stepCount` steps (default: all).
  ///
  /// The plain cases come first, then single changes out of order, then random mixtures from `seed`; all differ.
  package func statesAfterPowerFailure(
    afterSteps stepCount: Int? = nil, limit: Int = 40, seed: UInt64 = 0
  ) -> [PowerFailureState] {
    var disk = start
    for step in state.withLock({ $0.steps }).prefix(stepCount ?? .max) { disk.apply(step) }
    return disk.statesAfterPowerFailure(limit: limit, seed: seed)
  }

  // MARK: FileSystem

  package func open(_ path: String, _ mode: FileOpenMode) throws(SystemError) -> Int32 {
    let kind: FileOperation.Kind =
      switch mode {
      case .reading: .openForReading
      case .creating: .create
      case .locking: .openLock
      }
    // O_CREAT does not tell whether it made the lock file.
    let isNew = mode == .creating || (mode == .locking && (try? base.status(path)) == nil)
    return try perform(kind, path) { () throws(SystemError) in
      try base.open(path, mode)
    } record: { state, descriptor in
      var file: Int?
      if isNew, let relative = self.relative(path) {
        file = state.nextFile
        state.nextFile += 1
        state.steps.append(.create(relative, file: state.nextFile - 1))
      }
      state.open[descriptor] = OpenFile(path: path, file: file, isWritten: mode == .creating)
    }
  }

  package func close(_ descriptor: Int32) throws(SystemError) {
    let file = state.withLock { $0.open.removeValue(forKey: descriptor) }
    guard let file else { throw SystemError(EBADF) }
    var closeError: SystemError?
    do throws(SystemError) { try base.close(descriptor) } catch { closeError = error }
    try perform(file.isWritten ? .close : .release, file.path) { () throws(SystemError) in
      if let closeError { throw closeError }
    }
  }

  package func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    try perform(.read, path(of: descriptor)) { () throws(SystemError) in
      try base.read(descriptor, into: buffer)
    }
  }

  package func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    try perform(.read, path(of: descriptor)) { () throws(SystemError) in
      try base.read(descriptor, at: offset, into: buffer)
    }
  }

  package func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    let path = path(of: descriptor)
    let (verdict, room) = state.withLock { ($0.decide(.write), $0.bytesLeft) }
    var operation = FileOperation(kind: .write, path: relative(path) ?? path, byteCount: bytes.count)
    var count = bytes.count
    var failure: Int32?
    switch verdict {
    case .proceed: break
    case .hit(.writesShort): count = max(min(1, count), count / 2)
    case .hit(.failsAfterwards(let code)): failure = code
    case .hit(.fails(let code)):
      operation.failure = code
      state.withLock { $0.trace.append(operation) }
      throw SystemError(code)
    }
    let isFull = room.map { $0 < count } ?? false
    if let room, isFull { count = room }
    if isFull && count == 0 { failure = ENOSPC }
    var written = 0
    if count > 0 {
      do throws(SystemError) {
        written = try base.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
      } catch { failure = error.code }
    }
    operation.failure = failure
    let taken = Array(bytes.prefix(written))
    state.withLock { state in
      state.trace.append(operation)
      if isFull { state.injectedCount += 1 }
      state.bytesLeft = room.map { $0 - taken.count }
      if let file = state.open[descriptor]?.file, !taken.isEmpty {
        state.steps.append(.write(taken, file: file))
      }
    }
    if let failure { throw SystemError(failure) }
    return written
  }

  package func sync(_ descriptor: Int32) throws(SystemError) {
    let (isOpen, file) = state.withLock { ($0.open[descriptor] != nil, $0.open[descriptor]?.file) }
    do throws(SystemError) {
      try perform(.sync, path(of: descriptor)) { () throws(SystemError) in
        if !isOpen { throw SystemError(EBADF) }
      } record: { state, _ in
        if let file { state.steps.append(.sync(file: file)) }
      }
    } catch {
      // An interrupted sync is one that did not happen; any other failure loses what it should have saved.
      if error.code != EINTR, let file { state.withLock { $0.steps.append(.failedSync(file: file)) } }
      throw error
    }
  }

  package func syncDirectory(_ path: String) throws(SystemError) {
    try perform(.syncDirectory, path) { () throws(SystemError) in
      guard try base.status(path).kind == .directory else { throw SystemError(ENOTDIR) }
    } record: { state, _ in
      if let relative = self.relative(path) { state.steps.append(.syncDirectory(relative)) }
    }
  }

  package func rename(_ path: String, to newPath: String) throws(SystemError) {
    try perform(.rename, path, newPath: newPath) { () throws(SystemError) in
      try base.rename(path, to: newPath)
    } record: { state, _ in
      if let from = self.relative(path), let to = self.relative(newPath) {
        state.steps.append(.rename(from, to: to))
      }
    }
  }

  package func unlink(_ path: String) throws(SystemError) {
    try perform(.unlink, path) { () throws(SystemError) in
      try base.unlink(path)
    } record: { state, _ in
      if let relative = self.relative(path) { state.steps.append(.unlink(relative)) }
    }
  }

  package func makeDirectory(_ path: String) throws(SystemError) {
    try perform(.makeDirectory, path) { () throws(SystemError) in
      try base.makeDirectory(path)
    } record: { state, _ in
      if let relative = self.relative(path) { state.steps.append(.makeDirectory(relative)) }
    }
  }

  package func lock(_ descriptor: Int32, waiting: Bool) throws(SystemError) {
    try perform(.lock, path(of: descriptor)) { () throws(SystemError) in
      try base.lock(descriptor, waiting: waiting)
    }
  }

  package func unlock(_ descriptor: Int32) throws(SystemError) { try base.unlock(descriptor) }

  package func status(_ path: String) throws(SystemError) -> FileStatus {
    try perform(.status, path) { () throws(SystemError) in try base.status(path) }
  }

  package func status(of descriptor: Int32) throws(SystemError) -> FileStatus {
    try perform(.status, path(of: descriptor)) { () throws(SystemError) in try base.status(of: descriptor) }
  }

  package func names(in path: String) throws(SystemError) -> [String] {
    try perform(.names, path) { () throws(SystemError) in try base.names(in: path) }
  }

  package func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeRawPointer {
    try perform(.map, path(of: descriptor)) { () throws(SystemError) in
      try base.map(descriptor, byteCount: byteCount)
    } record: { state, start in
      state.mappings[UInt(bitPattern: start)] = byteCount
    }
  }

  package func unmap(_ start: UnsafeRawPointer, byteCount: Int) {
    let address = UInt(bitPattern: start)
    let mapped = state.withLock { $0.mappings.removeValue(forKey: address) }
    precondition(mapped == byteCount, "unmapping what was not mapped")
    base.unmap(start, byteCount: byteCount)
  }

  // MARK: One call

  /// Decides, does and records one call. The lock is not held meanwhile: waiting for a writer lock takes time.
  private func perform<R>(
    _ kind: FileOperation.Kind, _ path: String, newPath: String? = nil,
    _ call: () throws(SystemError) -> R, record: (inout State, R) -> Void = { _, _ in }
  ) throws(SystemError) -> R {
    var operation = FileOperation(
      kind: kind, path: relative(path) ?? path, newPath: newPath.map { relative($0) ?? $0 })
    let verdict = state.withLock { $0.decide(kind) }
    do throws(SystemError) {
      if case .hit(.fails(let code)) = verdict { throw SystemError(code) }
      let result = try call()
      let failure: Int32? = if case .hit(.failsAfterwards(let code)) = verdict { code } else { nil }
      operation.failure = failure
      withState { state in
        state.trace.append(operation)
        record(&state, result)
      }
      if let failure { throw SystemError(failure) }
      return result
    } catch {
      if operation.failure == nil {
        operation.failure = error.code
        withState { $0.trace.append(operation) }
      }
      throw error
    }
  }

  private func withState(_ body: (inout State) -> Void) {
    state.withLock { body(&$0) }
  }

  private func path(of descriptor: Int32) -> String {
    state.withLock { $0.open[descriptor]?.path ?? "descriptor \(descriptor)" }
  }

  /// The path below the root; "" is the root, nil is elsewhere.
  private func relative(_ path: String) -> String? {
    let path = normalized(path)
    if path == root { return "" }
    return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : nil
  }
}

/// The path without `.`, `..`, double slashes and one at the end, by its letters alone.
private func normalized(_ path: String) -> String {
  var names: [Substring] = []
  for name in path.split(separator: "/") where name != "." {
    if name == "..", let last = names.last, last != ".." { names.removeLast() } else { names.append(name) }
  }
  return (path.hasPrefix("/") ? "/" : "") + names.joined(separator: "/")
}
