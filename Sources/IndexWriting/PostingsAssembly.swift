import IndexFormat
import IndexStorage

/// Makes the lists of a segment from sorted terms of several sources.
///
/// Parts of the keys are decoded, merged and encoded side by side; the builder gets them in order. A document may have
/// tokens of a term in several runs of one buffer: sources come in the order in which they were filled.
struct PostingsAssembly {
  private let terms: TermParts
  private let builder: SegmentBuilder
  private let order: DocumentOrder?
  private let directory: IndexDirectory
  private let sorterBytes: Int

  /// - Parameters:
  ///   - order: of the documents, if it is another one than that of the sources.
  ///   - directory: for scratch files.
  ///   - sorterBytes: memory for the positions of a term that each thread puts in order; what is beyond waits in a file.
  init(
    _ terms: TermParts, for builder: SegmentBuilder, in order: DocumentOrder?, directory: IndexDirectory,
    sorterBytes: Int = 16 << 20
  ) {
    self.sorterBytes = sorterBytes
    self.terms = terms
    self.builder = builder
    self.order = order
    self.directory = directory
  }

  /// Adds all terms to the builder, which has all documents by then.
  func run(by crew: WorkCrew) throws {
    let sorters = order.map { order in
      (0..<crew.threadCount).map { _ in
        PostingsSorter(
          order, directory: directory, positionsInMemory: sorterBytes / MemoryLayout<UInt32>.stride)
      }
    }
    // Sound: pieces of work read the builder's lengths, which do not change until all terms are in.
    nonisolated(unsafe) let assembly = self
    try terms.each(by: crew) { terms, lane in
      try assembly.encode(&terms, sorters?[lane])
    } _: {
      try builder.add($0)
    }
  }

  private func encode(_ terms: inout TermMerge, _ sorter: PostingsSorter?) throws -> EncodedTerms {
    var encoded = EncodedTerms()
    var withPositions = builder.encoder(hasPositions: true)
    var withoutPositions = builder.encoder(hasPositions: false)
    var positions: [UInt32] = []
    if let sorter { swap(&positions, &sorter.positions) }
    do {
      while let key = terms.key {
        if PostingsBuffer.hasPositions(key) {
          try Self.add(&terms, to: &withPositions, hasPositions: true, sorter, &positions)
          try encoded.append(key: key, &withPositions)
        } else {
          try Self.add(&terms, to: &withoutPositions, hasPositions: false, sorter, &positions)
          try encoded.append(key: key, &withoutPositions)
        }
        try terms.next()
      }
    } catch {
      // Other parts still run.
      sorter?.reset()
      throw error
    }
    if let sorter { swap(&positions, &sorter.positions) }
    return encoded
  }

  /// Adds the postings of the current term.
  ///
  /// - Parameter positions: empty before and afterwards.
  private static func add(
    _ terms: inout TermMerge, to encoder: inout PostingsEncoder, hasPositions: Bool,
    _ sorter: PostingsSorter?,
    _ positions: inout [UInt32]
  ) throws {
    if let sorter {
      try terms.eachPosting(hasPositions: hasPositions, positions: &positions) { try sorter.add($0, &$1, $2) }
      try sorter.takeAll(&positions) { encoder.add($0, positions: $1) }
    } else {
      try terms.eachPosting(hasPositions: hasPositions, positions: &positions) { posting, positions, _ in
        positions.withUnsafeBufferPointer { encoder.add(posting, positions: $0) }
        positions.removeAll(keepingCapacity: true)
      }
    }
  }
}
