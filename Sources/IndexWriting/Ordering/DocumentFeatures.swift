import IndexFormat
import IndexStorage

/// For each document the terms that tell it from others, as numbers: what an order of documents is made from.
struct DocumentFeatures {
  /// Terms that fewer documents have say nothing about many others.
  static let smallestFrequency = 64
  /// Terms that more of the documents have stand everywhere.
  static let largestShare = 0.1
  /// Of all documents together, so that memory and time have a bound; the rarest terms first.
  static let mostFeatures = 8 << 20

  /// Read from a file before its memory is given back.
  private static let rememberedDocuments = 1 << 20

  /// Where the features of each document begin, and the end of the last.
  var starts: [UInt32]
  /// Numbers of terms, ascending in each document.
  var features: [UInt32]
  /// Different terms.
  var termCount: Int
}

extension DocumentFeatures {
  /// Finds them in everything that was collected. The result depends on neither threads nor runs.
  ///
  /// - Throws: `FileError`, `ScratchDamage`.
  static func collect(
    from terms: TermParts, documentCount: Int, directory: IndexDirectory, by crew: WorkCrew
  ) throws -> DocumentFeatures {
    let largestFrequency = Int(Double(documentCount) * largestShare)
    // How many documents each term has, and these documents, of the terms that may be used.
    var frequencies: [UInt32] = []
    let documents = Spool<UInt32>(directory: directory, memoryBytes: 4 << 20)
    try terms.each(by: crew) { terms, _ in
      var part = (frequencies: [UInt32](), documents: [UInt32]())
      while let key = terms.key {
        let start = part.documents.count
        try terms.appendDocuments(
          hasPositions: PostingsBuffer.hasPositions(key),
          ifTheirCountIsIn: smallestFrequency...max(largestFrequency, smallestFrequency), to: &part.documents)
        let frequency = part.documents.count - start
        if frequency > 0 { part.frequencies.append(UInt32(frequency)) }
        try terms.next()
      }
      return part
    } _: { part in
      frequencies += part.frequencies
      try documents.append(contentsOf: part.documents)
    }
    return try make(
      frequencies: frequencies, documents: documents, documentCount: documentCount,
      largestFrequency: bound(of: frequencies))
  }

  /// The frequency up to which all terms together are no more than `mostFeatures`.
  private static func bound(of frequencies: [UInt32]) -> UInt32 {
    var sum = 0
    for frequency in frequencies.sorted() {
      sum += Int(frequency)
      if sum > mostFeatures { return frequency - 1 }
    }
    return .max
  }

  private static func make(
    frequencies: [UInt32], documents: Spool<UInt32>, documentCount: Int, largestFrequency: UInt32
  ) throws -> DocumentFeatures {
    /// Calls the body with each document of each term that is used, and the number of that term.
    func each(_ body: (_ document: Int, _ term: UInt32) -> Void) throws -> Int {
      var place = 0
      var rememberedCount = 0
      var term: UInt32 = 0
      for frequency in frequencies {
        defer { place += Int(frequency) }
        guard frequency <= largestFrequency else { continue }
        rememberedCount += Int(frequency)
        if rememberedCount > rememberedDocuments {
          documents.forgetMemory()
          rememberedCount = 0
        }
        for document in try documents.elements(place..<place + Int(frequency)) {
          guard document < documentCount else { throw ScratchDamage() }
          body(Int(document), term)
        }
        term += 1
      }
      documents.forgetMemory()
      return Int(term)
    }
    var starts = [UInt32](repeating: 0, count: documentCount + 1)
    let termCount = try each { document, _ in starts[document + 1] += 1 }
    for document in 0..<documentCount { starts[document + 1] += starts[document] }
    // Each start moves on to the end of its document, and is that of the next one afterwards.
    var features = [UInt32](repeating: 0, count: Int(starts[documentCount]))
    _ = try each { document, term in
      // What a scratch file gives back the second time may differ.
      guard starts[document] < features.count else { return }
      features[Int(starts[document])] = term
      starts[document] += 1
    }
    starts.insert(0, at: 0)
    starts.removeLast()
    guard zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }) else { throw ScratchDamage() }
    return DocumentFeatures(starts: starts, features: features, termCount: termCount)
  }
}
