import IndexFormat
import IndexStorage

/// For each document the terms that tell it from others, as numbers: what an order of documents is made from.
struct DocumentFeatures {
  /// Which terms are used.
  struct Limits {
    /// Terms that fewer documents have say nothing about many others.
    var smallestFrequency = 64
    /// Terms that more of the documents have stand everywhere.
    var largestShare = 0.1
    /// Of all documents together, so that memory and time have a bound; the rarest terms first.
    var mostFeatures = 8 << 20
    /// Bytes of documents of terms that stay in memory while they are collected.
    var memoryBytes = 4 << 20
  }

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
    from terms: TermParts, documentCount: Int, limits: Limits = Limits(), directory: IndexDirectory,
    by crew: WorkCrew
  ) throws -> DocumentFeatures {
    let smallest = limits.smallestFrequency
    let largest = max(Int(Double(documentCount) * limits.largestShare), smallest)
    // How many documents each term has, and these documents, of the terms that may be used.
    var frequencies: [UInt32] = []
    let documents = Spool<UInt32>(directory: directory, memoryBytes: limits.memoryBytes)
    try terms.each(by: crew) { terms, _ in
      var part = (frequencies: [UInt32](), documents: [UInt32]())
      while let key = terms.key {
        let start = part.documents.count
        try terms.appendDocuments(
          hasPositions: PostingsBuffer.hasPositions(key), ifTheirCountIsIn: smallest...largest,
          to: &part.documents)
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
      largestFrequency: bound(of: frequencies, mostFeatures: limits.mostFeatures))
  }

  /// The frequency up to which all terms together are no more than `mostFeatures`.
  private static func bound(of frequencies: [UInt32], mostFeatures: Int) -> UInt32 {
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
    func each(
      _ body: (_ document: Int, _ term: UInt32) -> Void
    ) throws -> (termCount: Int, hash: UInt64) {
      var hash = Checksum()
      var place = 0
      var term: UInt32 = 0
      for frequency in frequencies {
        defer { place += Int(frequency) }
        guard frequency <= largestFrequency else { continue }
        let those = try documents.elements(place..<place + Int(frequency))
        those.withUnsafeBytes { hash.update($0) }
        for document in those {
          guard document < documentCount else { throw ScratchDamage() }
          body(Int(document), term)
        }
        term += 1
      }
      return (Int(term), hash.value)
    }
    var starts = [UInt32](repeating: 0, count: documentCount + 1)
    let first = try each { document, _ in starts[document + 1] += 1 }
    for document in 0..<documentCount { starts[document + 1] += starts[document] }
    // Each start moves on to the end of its document, and is that of the next one afterwards.
    var features = [UInt32](repeating: 0, count: Int(starts[documentCount]))
    let second = try each { document, term in
      // What a file gives back the second time may differ; that is told below.
      guard starts[document] < features.count else { return }
      features[Int(starts[document])] = term
      starts[document] += 1
    }
    guard first.hash == second.hash else { throw ScratchDamage() }
    starts.insert(0, at: 0)
    starts.removeLast()
    return DocumentFeatures(starts: starts, features: features, termCount: first.termCount)
  }
}
