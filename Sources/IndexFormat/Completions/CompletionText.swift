/// A text of an entry that completes what somebody types.
package struct CompletionText: Equatable, Sendable {
  package enum Kind: UInt8, Sendable {
    case title = 0
    case tag = 1
  }

  /// Bytes of `folded` that are kept; what is longer is found by what it begins with.
  package static let longest = 256

  package var kind: Kind
  /// As the analyzer folds what is typed; at most `longest` bytes, whole characters.
  package var folded: [UInt8]
  /// Bit n for the n-th letter of the alphabet: letters that stand in the text or begin a reading of one of its
  /// Han characters.
  package var initials: UInt32

  package init(kind: Kind, folded: [UInt8], initials: UInt32) {
    precondition(folded.count <= Self.longest, "at most \(Self.longest) bytes")
    self.kind = kind
    self.folded = folded
    self.initials = initials
  }
}

/// Numbers of the section (FORMAT.md, "Completions").
enum CompletionsLayout {
  static let headerBytes = 16
  static let signatureBytes = 32
}
