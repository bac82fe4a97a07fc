import IndexStorage

/// What is on a disk, what only seems to be, and what a power failure makes of it.
///
/// Allowed by POSIX, and therefore here:
/// - bytes of a file are safe only after `fsync` of that file; before, any of them may be lost, and the
///   length may be there without the bytes (zeros);
/// - a new, removed or changed name is safe only after `fsync` of its directory; before, any subset of such
///   changes may have happened, in any order (a rename by itself is never half done);
/// - after a failed `fsync` the unsynced bytes are in doubt for ever: a later success means nothing.
///
/// Source: Pillai et al. 2014, "All File Systems Are Not Created Equal" (OSDI); and the kernel's handling of
/// write-back errors as discussed by PostgreSQL in 2018 ("fsyncgate").
struct DiskModel: Sendable {
  /// One change, as a `FaultyFileSystem` records it. Paths are relative to the root.
  enum Step: Sendable {
    case create(String, file: Int)
    case write([UInt8], file: Int)
    case sync(file: Int)
    case failedSync(file: Int)
    case rename(String, to: String)
    case unlink(String)
    case makeDirectory(String)
    case syncDirectory(String)
  }

  private enum Node: Hashable {
    case file(Int)
    case directory(Int)
  }

  private struct File {
    var bytes: [UInt8] = []
    var durableByteCount = 0
    var isInDoubt = false
  }

  private struct Directory {
    var durable: [String: Node] = [:]
    var current: [String: Node] = [:]
  }

  /// A change of a directory that is not yet safe.
  private struct Change {
    enum Kind {
      case add(String, Node)
      case remove(String, Node)
      case rename(String, String, Node)
    }
    var directory: Int
    var kind: Kind
  }

  private var files: [File] = []
  private var directories: [Directory] = [Directory()]  // 0 is the root
  private var pending: [Change] = []

  var fileCount: Int { files.count }

  /// The content of a real directory, all of it safe.
  init(directory path: String) throws {
    try load(path, into: 0)
  }

  private mutating func load(_ path: String, into directory: Int) throws {
    let reader = IndexDirectory(path: path)
    for name in try reader.fileNames() {
      let node: Node
      if try POSIXFileSystem().status("\(path)/\(name)").kind == .directory {
        directories.append(Directory())
        node = .directory(directories.count - 1)
        try load("\(path)/\(name)", into: directories.count - 1)
      } else {
        let bytes = try reader.read(name, limit: .max)
        files.append(File(bytes: bytes, durableByteCount: bytes.count))
        node = .file(files.count - 1)
      }
      directories[directory].durable[name] = node
      directories[directory].current[name] = node
    }
  }

  // MARK: Replay

  mutating func apply(_ step: Step) {
    switch step {
    case .create(let path, let file):
      while files.count <= file { files.append(File()) }
      add(path, .file(file))
    case .write(let bytes, let file):
      files[file].bytes += bytes
    case .sync(let file):
      if !files[file].isInDoubt { files[file].durableByteCount = files[file].bytes.count }
    case .failedSync(let file):
      files[file].isInDoubt = true
    case .rename(let path, let newPath):
      let (directory, name) = locate(path)
      let (newDirectory, newName) = locate(newPath)
      precondition(directory == newDirectory, "index files are renamed inside their directory only")
      guard let node = directories[directory].current.removeValue(forKey: name) else { return }
      directories[directory].current[newName] = node
      pending.append(Change(directory: directory, kind: .rename(name, newName, node)))
    case .unlink(let path):
      let (directory, name) = locate(path)
      guard let node = directories[directory].current.removeValue(forKey: name) else { return }
      pending.append(Change(directory: directory, kind: .remove(name, node)))
    case .makeDirectory(let path):
      directories.append(Directory())
      add(path, .directory(directories.count - 1))
    case .syncDirectory(let path):
      let directory = directoryNumber(path)
      directories[directory].durable = directories[directory].current
      pending.removeAll { $0.directory == directory }
    }
  }

  private mutating func add(_ path: String, _ node: Node) {
    let (directory, name) = locate(path)
    directories[directory].current[name] = node
    pending.append(Change(directory: directory, kind: .add(name, node)))
  }

  private func locate(_ path: String) -> (directory: Int, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (0, path) }
    return (directoryNumber(String(path[..<slash])), String(path[path.index(after: slash)...]))
  }

  private func directoryNumber(_ path: String) -> Int {
    var number = 0
    for name in path.split(separator: "/") {
      guard case .directory(let next) = directories[number].current[String(name)] else {
        preconditionFailure("\(path) was not seen to be made")
      }
      number = next
    }
    return number
  }

  // MARK: Power failure

  /// What became of the unsynced bytes of a file.
  private enum Content: String, CaseIterable {
    case lost, half, zeros, intact
  }

  private struct Outcome {
    var isKept: [Bool]  // for each pending change
    var contents: [Int: Content]  // for each unsynced file
    var description: String
  }

  func statesAfterPowerFailure(limit: Int, seed: UInt64) -> [PowerFailureState] {
    var random = SplitMix64(seed: seed)
    var seen: Set<PowerFailureState.Content> = []
    var states: [PowerFailureState] = []
    func take(_ outcome: Outcome) {
      guard states.count < limit else { return }
      let content = content(after: outcome)
      if seen.insert(content).inserted {
        states.append(PowerFailureState(content: content, description: outcome.description))
      }
    }
    let (plain, single) = systematicOutcomes()
    for outcome in plain { take(outcome) }
    for outcome in single.shuffled(using: &random) { take(outcome) }
    if pending.count + unsyncedFiles.count > 1 {
      for _ in 0..<(limit * 4) where states.count < limit { take(randomOutcome(using: &random)) }
    }
    return states
  }

  private var unsyncedFiles: [Int] {
    files.indices.filter { files[$0].durableByteCount < files[$0].bytes.count }
  }

  private func uniform(_ content: Content) -> [Int: Content] {
    Dictionary(uniqueKeysWithValues: unsyncedFiles.map { ($0, content) })
  }

  /// Nothing, everything, everything in order up to a point; then those with one change or one file apart.
  private func systematicOutcomes() -> (plain: [Outcome], single: [Outcome]) {
    let count = pending.count
    func outcome(_ content: Content, _ names: String, keeping isKept: (Int) -> Bool) -> Outcome {
      Outcome(
        isKept: (0..<count).map(isKept), contents: uniform(content),
        description: "\(names) of \(count) changes, unsynced bytes \(content)")
    }
    var plain = [outcome(.lost, "none") { _ in false }]
    for content in Content.allCases.reversed() { plain.append(outcome(content, "all") { _ in true }) }
    var single: [Outcome] = []
    for index in 0..<count {
      for content in [Content.intact, .lost] {
        single.append(outcome(content, "first \(index)") { $0 < index })
        single.append(outcome(content, "all but number \(index)") { $0 != index })
        single.append(outcome(content, "only number \(index)") { $0 == index })
      }
    }
    for file in unsyncedFiles {
      for content in Content.allCases where content != .intact {
        var apart = outcome(.intact, "all") { _ in true }
        apart.contents[file] = content
        apart.description += ", one file \(content)"
        single.append(apart)
      }
    }
    return (plain, single)
  }

  private func randomOutcome(using random: inout SplitMix64) -> Outcome {
    var contents: [Int: Content] = [:]
    for file in unsyncedFiles { contents[file] = Content.allCases.randomElement(using: &random) }
    let kept = pending.map { _ in Bool.random(using: &random) }
    return Outcome(
      isKept: kept, contents: contents,
      description: "changes \(kept.indices.filter { kept[$0] }) of \(kept.count), mixed bytes")
  }

  private func content(after outcome: Outcome) -> PowerFailureState.Content {
    var names = directories.map(\.durable)
    for (change, isKept) in zip(pending, outcome.isKept) where isKept {
      switch change.kind {
      case .add(let name, let node):
        names[change.directory][name] = node
      case .remove(let name, let node):
        if names[change.directory][name] == node { names[change.directory][name] = nil }
      case .rename(let name, let newName, let node):
        if names[change.directory][name] == node { names[change.directory][name] = nil }
        names[change.directory][newName] = node
      }
    }
    var content = PowerFailureState.Content()
    func collect(_ directory: Int, _ prefix: String) {
      for (name, node) in names[directory] {
        switch node {
        case .file(let number): content.files[prefix + name] = bytes(of: number, outcome.contents[number])
        case .directory(let number):
          content.directories.insert(prefix + name)
          collect(number, prefix + name + "/")
        }
      }
    }
    collect(0, "")
    return content
  }

  private func bytes(of number: Int, _ content: Content?) -> [UInt8] {
    let file = files[number]
    let unsyncedByteCount = file.bytes.count - file.durableByteCount
    switch content {
    case .lost: return Array(file.bytes[..<file.durableByteCount])
    case .half: return Array(file.bytes[..<(file.durableByteCount + unsyncedByteCount / 2)])
    case .zeros:
      return file.bytes[..<file.durableByteCount] + [UInt8](repeating: 0, count: unsyncedByteCount)
    case .intact, nil: return file.bytes
    }
  }
}

/// What a power failure may have left of the directory of a `FaultyFileSystem`.
package struct PowerFailureState: Sendable, CustomStringConvertible {
  struct Content: Hashable {
    var files: [String: [UInt8]] = [:]
    var directories: Set<String> = []
  }

  let content: Content
  /// How it came about, for the message of a failing test.
  package let description: String

  /// The files by their path relative to the root.
  package var files: [String: [UInt8]] { content.files }
  /// The directories by their path relative to the root.
  package var directories: Set<String> { content.directories }

  /// A real directory with this content, in place of the root.
  package func materialized() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for path in content.directories { try directory.makeDirectory(path) }
    for (path, bytes) in content.files { try directory.write(path, bytes) }
    return directory
  }
}
