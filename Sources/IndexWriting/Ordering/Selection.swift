/// Finds the k-th of numbers that all differ, without sorting them (quickselect).
struct Selection {
  private var numbers: [UInt64] = []

  /// The number that exactly `count` others are below; `UInt64.max` when there are no more than `count`.
  ///
  /// - Complexity: linear, about.
  mutating func smallest(_ count: Int, of all: [UInt64]) -> UInt64 {
    guard count < all.count else { return .max }
    numbers.removeAll(keepingCapacity: true)
    numbers += all
    return numbers.withUnsafeMutableBufferPointer { numbers in
      var low = 0
      var high = numbers.count - 1
      while low < high {
        let pivot = numbers[Self.place(in: low...high)]
        var (left, right) = (low, high)
        while left <= right {
          while numbers[left] < pivot { left += 1 }
          while numbers[right] > pivot { right -= 1 }
          guard left <= right else { break }
          numbers.swapAt(left, right)
          left += 1
          right -= 1
        }
        if count <= right { high = right } else if count >= left { low = left } else { return numbers[count] }
      }
      return numbers[count]
    }
  }

  /// Any place, always the same for the same range: numbers that are sorted, or made to be slow, have no say in it.
  private static func place(in range: ClosedRange<Int>) -> Int {
    let hash = (UInt64(range.lowerBound) << 32 ^ UInt64(range.upperBound)) &* 0x9E37_79B9_7F4A_7C15
    return range.lowerBound + Int((hash >> 32) % UInt64(range.count))
  }
}
