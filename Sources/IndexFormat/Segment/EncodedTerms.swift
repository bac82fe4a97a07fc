/// The lists of consecutive terms, ready to stand in a segment: made on any thread, appended in key order by
/// `SegmentBuilder`.
package struct EncodedTerms: Sendable {
  /// What the dictionary is told of a term; bytes stand in the arrays below, one term after the other.
  struct Term {
    var keyBytes: UInt16
    var entryBytes: UInt16
    var documentFrequency: UInt32
    var postingsBytes: Int
    var positionsBytes: Int
  }

  private(set) var terms: [Term] = []
  private(set) var keys: [UInt8] = []
  private(set) var entries: [UInt8] = []
  private(set) var postings: [UInt8] = []
  private(set) var positions: [UInt8] = []

  package init() {}

  /// Appends a term with the postings collected in `encoder`, which is empty afterwards. Keys ascend.
  package mutating func append(
    key: UnsafeRawBufferPointer, _ encoder: inout PostingsEncoder
  ) throws(IndexLimitError) {
    let documentFrequency = UInt32(encoder.documentFrequency)
    precondition(key.count <= TermDictionaryLayout.maximumKeyBytes, "keys are bounded by the analyzer")
    try encoder.finish { (entry, list, places) throws(IndexLimitError) in
      guard list.count <= UInt32.max, places.count <= UInt32.max else {
        throw IndexLimitError("bytes in the postings of one term", Int(UInt32.max))
      }
      terms.append(
        Term(
          keyBytes: UInt16(key.count), entryBytes: UInt16(entry.count),
          documentFrequency: documentFrequency, postingsBytes: list.count, positionsBytes: places.count))
      unsafe keys.append(contentsOf: key)
      entries += entry
      if !list.isEmpty { postings += list }
      if !places.isEmpty { positions += places }
    }
  }
}
