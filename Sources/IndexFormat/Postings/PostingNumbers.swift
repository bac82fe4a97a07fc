import CKernels

/// For chosen documents, the numbers of their postings in several lists: a column for each list, beside the places of the
/// documents. A posting's number says how many stand before it in its list.
@safe package final class PostingNumbers {
  private let capacity: Int
  private var columns: [UnsafeMutablePointer<UInt32>] = []

  /// - Parameter capacity: of documents.
  package init(capacity: Int) { self.capacity = capacity }

  deinit { for column in columns { unsafe column.deallocate() } }

  /// A column, which is made when it is asked for the first time. What was not written is undefined: the system gives memory
  /// where it is touched.
  package func column(_ number: Int) -> UnsafeMutablePointer<UInt32> {
    while columns.count <= number {
      unsafe columns.append(.allocate(capacity: capacity))
    }
    return unsafe columns[number]
  }

  /// Moves the chosen of the numbers from `first` on down to `kept`, in each of the first columns.
  @inline(__always)
  package func move(
    _ chosen: UnsafePointer<UInt32>, count: Int, from first: Int, to kept: Int, columns moved: Int
  ) {
    precondition(moved <= columns.count, "columns that were written")
    for i in 0..<moved {
      let column = unsafe columns[i]
      unsafe kernel_take(column + first, chosen, count, column + kept)
    }
  }
}
