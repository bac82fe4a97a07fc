import IndexFormat

/// One feature on one segment: adds its share to the scores of documents in a window.
final class ScoringTerm {
  private let cursor: PostingsCursor
  /// Weight × inverse document frequency.
  private let weight: Float

  init(_ cursor: PostingsCursor, weight: Float) {
    self.cursor = cursor
    self.weight = weight
  }

  /// Adds to `scores[d]` for each document `d` of `documents` that holds the term.
  ///
  /// - Parameter count: how many documents are set; few are looked up one by one, many by a walk over the list.
  func add(
    to scores: UnsafeMutablePointer<Float>, window base: UInt32, documents: DocumentWindow, count: Int,
    model: BM25F, titleLengths: NumberColumn, bodyLengths: NumberColumn
  ) throws {
    try cursor.seek(to: base)
    let end = base + DocumentWindow.size
    if count < 64 {
      try documents.forEach { relative in
        try cursor.seek(to: base + relative)
        if cursor.docID == base + relative {
          scores[Int(relative)] += score(
            cursor.docID, cursor.frequency, cursor.titleFrequency, model, titleLengths, bodyLengths)
        }
      }
      return
    }
    while cursor.docID < end {
      let run = cursor.run()
      var i = 0
      while i < run.count, run.docIDs[i] < end {
        let document = run.docIDs[i]
        if documents.contains(document &- base) {
          scores[Int(document &- base)] += score(
            document, run.frequencies[i], run.titleFrequencies[i], model, titleLengths, bodyLengths)
        }
        i &+= 1
      }
      try cursor.skip(i)
    }
  }

  @inline(__always)
  private func score(
    _ document: UInt32, _ frequency: UInt32, _ titleFrequency: UInt32, _ model: BM25F,
    _ titleLengths: NumberColumn, _ bodyLengths: NumberColumn
  ) -> Float {
    // A damaged list may claim more title occurrences than occurrences: never below zero.
    let title = min(titleFrequency, frequency)
    return weight
      * model.saturation(
        titleFrequency: title, bodyFrequency: frequency &- title, titleLength: titleLengths[Int(document)],
        bodyLength: bodyLengths[Int(document)])
  }
}
