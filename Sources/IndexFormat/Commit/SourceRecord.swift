import IndexStorage
package import SearchModel

/// What an index remembers of one file it was made from (FORMAT.md, "The source state").
package struct SourceRecord: Equatable, Sendable {
  /// A reason why something of the file is not in the index.
  package struct Skip: Equatable, Sendable {
    /// 1-based; nil when the whole file is meant.
    package var line: Int?
    package var reason: String
    /// The whole file was left out on purpose: nothing is wrong with it.
    package var isDeliberate: Bool

    package init(line: Int? = nil, reason: String, isDeliberate: Bool = false) {
      self.line = line
      self.reason = reason
      self.isDeliberate = isDeliberate
    }
  }

  /// Relative to the root, `/` between folders.
  package var name: String
  package var signature: FileSignature
  package var hash: ContentHash
  /// The file may have changed after it was read without a sign of it: the next run compares its content.
  package var isUncertain: Bool
  /// Entries that came through standard input, not from a file; there is at most one such record, the last.
  package var isStandardInput: Bool
  package var skips: [Skip]

  package init(
    name: String, signature: FileSignature, hash: ContentHash, isUncertain: Bool = false,
    isStandardInput: Bool = false, skips: [Skip] = []
  ) {
    self.name = name
    self.signature = signature
    self.hash = hash
    self.isUncertain = isUncertain
    self.isStandardInput = isStandardInput
    self.skips = skips
  }
}

/// One entry that a file gives, before it is united with the same item of other files.
package struct SourceEntry: Equatable, Sendable {
  package var id: String
  /// Of everything that the file says about the entry.
  package var fingerprint: UInt64

  package init(id: String, fingerprint: UInt64) {
    self.id = id
    self.fingerprint = fingerprint
  }

  package init(_ entry: Entry) {
    id = entry.id
    var writer = ByteWriter()
    writer.byte(entry.kind.rawValue)
    writer.string(entry.title)
    writer.string(entry.text)
    for optional in [entry.url, entry.anchor, entry.date] {
      writer.byte(optional == nil ? 0 : 1)
      writer.string(optional ?? "")
    }
    writer.string(entry.lang)
    writer.string(entry.description)
    writer.string(entry.author)
    for list in [entry.path, entry.category, entry.tags, entry.sources, entry.keywords] {
      writer.strings(list)
    }
    fingerprint = Self.hash(writer.bytes)
  }

  /// The number that stands for an id where many are looked through.
  package static func hash(ofID id: String) -> UInt64 { hash(Array(id.utf8)) }

  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    // Sound: the pointer does not leave the closure.
    unsafe bytes.withUnsafeBytes { unsafe checksum($0) }
  }
}

/// A value that decides what the readers make of a file; another one means that all files are read again.
package struct SourceSetting: Equatable, Sendable {
  /// For people: "reader", "configuration".
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
