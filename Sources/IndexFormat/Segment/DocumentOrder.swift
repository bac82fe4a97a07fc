/// Which document of those that were added has which doc ID.
package struct DocumentOrder: Sendable {
  /// By doc ID, the number of the document in the order of addition.
  package let documents: [UInt32]
  /// By number in the order of addition, the doc ID.
  package let docIDs: [UInt32]

  /// - Parameter documents: each number below its count, once.
  package init(documents: [UInt32]) {
    var docIDs = [UInt32](repeating: .max, count: documents.count)
    for (docID, document) in documents.enumerated() {
      precondition(docIDs[Int(document)] == .max, "every document once")
      docIDs[Int(document)] = UInt32(docID)
    }
    self.documents = documents
    self.docIDs = docIDs
  }

  /// A column in the order of doc IDs.
  func applied<T>(to column: [T]) -> [T] { documents.map { column[Int($0)] } }

  /// Values of documents one after the other, in the order of doc IDs.
  ///
  /// - Parameter ends: where those of each document end; ascending, the last one the count of `values`.
  func applied<T>(toEnds ends: [UInt32], values: [T]) -> (ends: [UInt32], values: [T]) {
    var newEnds: [UInt32] = []
    var newValues: [T] = []
    newEnds.reserveCapacity(ends.count)
    newValues.reserveCapacity(values.count)
    for document in documents {
      let start = document == 0 ? 0 : Int(ends[Int(document) - 1])
      newValues.append(contentsOf: values[start..<Int(ends[Int(document)])])
      newEnds.append(UInt32(newValues.count))
    }
    return (newEnds, newValues)
  }
}
