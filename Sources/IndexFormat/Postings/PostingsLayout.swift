/// Numbers of the postings section (FORMAT.md, "Postings").
enum PostingsLayout {
  /// Postings per block.
  static let blockSize = 128
  /// Most positions that a list in a dictionary entry may have.
  static let inlinePositions: UInt32 = 4
  /// Most occurrences in one document; one less fits 31 bits, so that adding it back cannot overflow.
  static let maximumFrequency: UInt32 = 1 << 31
  /// Most words of the bits of one block: a set bit in every fourth place, and two words that begin and end it.
  static let maximumBitWords = 10

  /// Bytes of the block directory in front of a list of several blocks.
  static func directoryBytes(blocks: Int, hasPositions: Bool) -> Int { blocks * (hasPositions ? 14 : 10) }

  /// Bytes of the bound in front of a list of one block.
  static let boundBytes = 2
}

/// Bits of the first byte of a block.
struct BlockFlags: OptionSet {
  var rawValue: UInt8

  /// The documents are a bit set; otherwise packed gaps.
  static let bits = BlockFlags(rawValue: 1)
  /// Frequencies follow; otherwise all are 1.
  static let frequencies = BlockFlags(rawValue: 2)
  /// Title frequencies follow; otherwise all are 0.
  static let titles = BlockFlags(rawValue: 4)

  static let all: BlockFlags = [.bits, .frequencies, .titles]
}

/// One posting on its way into a list.
package struct Posting: Equatable, Sendable {
  package var docID: UInt32
  /// Occurrences in all fields, at least 1.
  package var frequency: UInt32
  /// Occurrences in the title, at most `frequency`.
  package var titleFrequency: UInt32

  package init(docID: UInt32, frequency: UInt32, titleFrequency: UInt32) {
    self.docID = docID
    self.frequency = frequency
    self.titleFrequency = titleFrequency
  }
}
