/// Positions of up to 128 documents of one list, one document after the other.
@safe package final class PositionsBatch {
  var positions = PositionBuffer()
  /// Documents so far.
  package private(set) var count = 0
  private let ends: UnsafeMutablePointer<Int>
  private let titles: UnsafeMutablePointer<Int>
  /// Places of postings in the block that is read.
  let indices: UnsafeMutablePointer<UInt32>

  package init() {
    unsafe ends = .allocate(capacity: PostingsLayout.blockSize + 1)
    unsafe titles = .allocate(capacity: PostingsLayout.blockSize)
    unsafe ends.initialize(repeating: 0, count: PostingsLayout.blockSize + 1)
    unsafe titles.initialize(repeating: 0, count: PostingsLayout.blockSize)
    unsafe indices = .allocate(capacity: PostingsLayout.blockSize)
    unsafe indices.initialize(repeating: 0, count: PostingsLayout.blockSize)
  }

  deinit {
    unsafe ends.deallocate()
    unsafe titles.deallocate()
    unsafe indices.deallocate()
  }

  func removeAll() {
    positions.count = 0
    count = 0
  }

  /// Positions of the documents so far.
  @inline(__always)
  var end: Int { unsafe ends[count] }

  /// Ends the positions of a document, of which there are as many.
  @inline(__always)
  func close(count more: Int = 0, titleCount: Int = 0) {
    unsafe titles[count] = min(titleCount, more)
    let end = unsafe ends[count] &+ more
    count &+= 1
    unsafe ends[count] = end
  }

  /// The positions of all documents; valid until more are read.
  @inline(__always)
  package var values: UnsafeMutablePointer<UInt32> { unsafe positions.values }

  /// Where those of each document end in `values`: one more than there are documents, the first 0.
  @inline(__always)
  package var bounds: UnsafePointer<Int> { unsafe UnsafePointer(ends) }

  /// Where those of one document stand in `values`.
  @inline(__always)
  package func range(of document: Int) -> Range<Int> {
    precondition(document >= 0 && document < count, "a document of the batch")
    return unsafe ends[document]..<ends[document &+ 1]
  }

  /// How many of a document stand in its title; they come first.
  @inline(__always)
  package func titleCount(of document: Int) -> Int {
    precondition(document >= 0 && document < count, "a document of the batch")
    return unsafe titles[document]
  }
}
