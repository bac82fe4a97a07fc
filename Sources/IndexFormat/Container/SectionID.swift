/// The sections of a segment file, in the order in which they stand; FORMAT.md describes each.
package enum SectionID: UInt32, CaseIterable, Sendable {
  case statistics = 1
  case terms = 2
  case termIndex = 3
  case postings = 4
  case positions = 5
  case lengths = 6
  case facets = 7
  case dates = 8
  case keys = 9
  case stored = 10
  case storedIndex = 11
  case boosts = 12
  case pins = 13
  case addresses = 14
  case completions = 15
  case heads = 16
  case letters = 17

  package var name: String {
    switch self {
    case .statistics: "statistics"
    case .terms: "terms"
    case .termIndex: "term index"
    case .postings: "postings"
    case .positions: "positions"
    case .lengths: "lengths"
    case .facets: "facets"
    case .dates: "dates"
    case .keys: "keys"
    case .stored: "stored"
    case .storedIndex: "stored index"
    case .boosts: "boosts"
    case .pins: "pins"
    case .addresses: "addresses"
    case .completions: "completions"
    case .heads: "heads"
    case .letters: "letters"
    }
  }
}

/// Numbers of the frame of a segment file (FORMAT.md, "The frame").
enum SegmentFrame {
  static let magic: UInt64 = 0x0047_4553_4843_5253  // "SRCHSEG\0"
  static let version: UInt32 = 2
  static let headerBytes = 16
  static let trailerBytes = 32
  static let alignment = 64
  /// Zero bytes after the last section, so that wide loads stay in the file.
  static let slackBytes = 8
  /// Bytes under one checksum; the unit of checking on first touch.
  static let pageBytes = 16_384
  static let tableEntryBytes = 24
}
