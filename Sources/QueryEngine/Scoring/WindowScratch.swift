import CKernels
import IndexFormat

/// Working memory of the searches of one thread: made once, used by one search at a time.
final class WindowScratch {
  /// A sum for each document of a window.
  let sums: UnsafeMutablePointer<Double>
  /// Places of the documents that are ranked, with room for kernels that write before they count.
  let places: UnsafeMutablePointer<UInt32>
  /// The same for documents that are matched.
  let candidates: UnsafeMutablePointer<UInt32>
  /// How often a phrase stands in each of the candidates that hold it.
  let occurrences: UnsafeMutablePointer<PhraseMatcher.Occurrences>
  /// Scores of one block of postings.
  let scores: UnsafeMutablePointer<Float>
  let batch = PostingsBatch()
  /// Positions of the first word of a phrase, and of another.
  let starts = PositionsBatch()
  let followers = PositionsBatch()

  init() {
    let size = Int(DocumentWindow.size)
    sums = .allocate(capacity: size)
    sums.initialize(repeating: 0, count: size)
    places = .allocate(capacity: size + 64)
    places.initialize(repeating: 0, count: size + 64)
    candidates = .allocate(capacity: size + 64)
    candidates.initialize(repeating: 0, count: size + 64)
    occurrences = .allocate(capacity: size)
    occurrences.initialize(repeating: .init(), count: size)
    scores = .allocate(capacity: Int(kernel_block))
    scores.initialize(repeating: 0, count: Int(kernel_block))
  }

  deinit {
    sums.deallocate()
    places.deallocate()
    candidates.deallocate()
    occurrences.deallocate()
    scores.deallocate()
  }
}
