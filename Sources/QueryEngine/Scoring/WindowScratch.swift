import CKernels
import Glibc
import IndexFormat

/// Working memory of the searches of one thread: made once, used by one search at a time.
///
/// There is room for the widest window; the system gives memory where it is touched.
final class WindowScratch {
  /// log₂ of the documents of the widest window.
  static let widestShift = 16

  /// A sum for each document of a window of bits.
  let sums: UnsafeMutablePointer<Double>
  /// Places of the documents that are ranked, with room for kernels that write before they count.
  let places: UnsafeMutablePointer<UInt32>
  /// Sums beside the places: few documents of a wide window stay in few lines of the cache.
  let listedSums: UnsafeMutablePointer<Double>
  /// The same for documents that are matched.
  let candidates: UnsafeMutablePointer<UInt32>
  /// How often a phrase stands in each of the candidates that hold it.
  let occurrences: UnsafeMutablePointer<PhraseMatcher.Occurrences>
  /// Documents of a batch in which a phrase may stand.
  let phrases: UnsafeMutablePointer<kernel_phrase>
  /// Scores of one block of postings.
  let scores: UnsafeMutablePointer<Float>
  let batch = PostingsBatch()
  /// Positions of the first word of a phrase, and of another.
  let starts = PositionsBatch()
  let followers = PositionsBatch()

  init() {
    let size = 1 << Self.widestShift
    sums = Self.zeros(Int(DocumentWindow.size))
    listedSums = Self.zeros(size + 64)
    places = Self.zeros(size + 64)
    candidates = Self.zeros(size + 64)
    occurrences = Self.zeros(size)
    phrases = Self.zeros(Int(kernel_block))
    scores = .allocate(capacity: Int(kernel_block))
    scores.initialize(repeating: 0, count: Int(kernel_block))
  }

  /// Of a type whose zero is all zero bits.
  private static func zeros<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
    guard let memory = calloc(count, MemoryLayout<Element>.stride) else { fatalError("out of memory") }
    return memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit {
    free(sums)
    free(listedSums)
    free(places)
    free(candidates)
    free(occurrences)
    free(phrases)
    scores.deallocate()
  }
}
