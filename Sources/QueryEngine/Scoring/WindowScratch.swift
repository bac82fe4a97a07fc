import CKernels
import Glibc
import IndexFormat

/// Working memory of the searches of one thread: made once, used by one search at a time.
///
/// There is room for the widest window; the system gives memory where it is touched.
final class WindowScratch {
  /// log₂ of the documents of the widest window.
  static let widestShift = 16
  static let widestSize = 1 << widestShift

  /// A sum for each document of a window of bits.
  let sums: UnsafeMutablePointer<Double>
  /// Places of the documents that are ranked, with room for kernels that write before they count.
  let places: UnsafeMutablePointer<UInt32>
  /// Sums beside the places: few documents of a wide window stay in few lines of the cache.
  let listedSums: UnsafeMutablePointer<Double>
  /// The same for documents that are matched.
  let candidates: UnsafeMutablePointer<UInt32>
  /// A bit for each document of the widest window, none set between uses.
  let marks: UnsafeMutablePointer<UInt64>
  /// How often a phrase stands in each of the candidates that hold it.
  let occurrences: UnsafeMutablePointer<PhraseMatcher.Occurrences>
  /// Documents of a batch in which a phrase may stand.
  let phrases: UnsafeMutablePointer<kernel_phrase>
  /// Scores of one block of postings.
  let scores: UnsafeMutablePointer<Float>
  let batch = PostingsBatch()
  /// Beside the places of documents in which a phrase may stand, the postings of its lists.
  let numbers = PostingNumbers(capacity: widestSize + 64)
  /// For the documents of a batch that are left, where they are and their postings in one list.
  let batchPlaces: UnsafeMutablePointer<UInt32>
  let batchNumbers = PostingNumbers(capacity: Int(kernel_block) + 1)
  /// Positions of the first word of a phrase, and of another.
  let starts = PositionsBatch()
  let followers = PositionsBatch()

  init() {
    let size = Self.widestSize
    sums = Self.zeros(Int(DocumentWindow.size))
    listedSums = Self.zeros(size + 64)
    places = Self.zeros(size + 64)
    candidates = Self.zeros(size + 64)
    marks = Self.zeros(size / 64)
    occurrences = Self.zeros(size)
    phrases = Self.zeros(Int(kernel_block))
    batchPlaces = Self.zeros(Int(kernel_block) + 1)
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
    free(marks)
    free(occurrences)
    free(phrases)
    free(batchPlaces)
    scores.deallocate()
  }
}
