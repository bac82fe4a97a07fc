import CKernels
import IndexFormat

/// Working memory of the searches of one thread: made once, used by one search at a time.
final class WindowScratch {
  /// A sum for each document of a window.
  let sums: UnsafeMutablePointer<Double>
  /// Places of documents in a window, with room for kernels that write before they count.
  let places: UnsafeMutablePointer<UInt32>
  /// Scores of one block of postings.
  let scores: UnsafeMutablePointer<Float>
  let batch = PostingsBatch()

  init() {
    let size = Int(DocumentWindow.size)
    sums = .allocate(capacity: size)
    sums.initialize(repeating: 0, count: size)
    places = .allocate(capacity: size + 64)
    places.initialize(repeating: 0, count: size + 64)
    scores = .allocate(capacity: Int(kernel_block))
    scores.initialize(repeating: 0, count: Int(kernel_block))
  }

  deinit {
    sums.deallocate()
    places.deallocate()
    scores.deallocate()
  }
}
