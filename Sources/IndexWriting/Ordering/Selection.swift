/// Finds the k-th of numbers that all differ, without sorting them (quickselect).
struct Selection {
  private var numbers: [UInt64] = []

  /// The number that exactly `count` others are below; `UInt64.max` when there are no more than `count`.
  ///
  /// - Complexity: linear for what is not made to be slow.
  mutating func smallest(_ count: Int, of all: [UInt64]) -> UInt64 {
    guard count < all.count else { return .max }
    numbers.removeAll(keepingCapacity: true)
    numbers += all
    return numbers.withUnsafeMutableBufferPointer { numbers in
      var low = 0
      var high = numbers.count - 1
      while low < high {
        let pivot = Self.median(numbers[low], numbers[(low + high) / 2], numbers[high])
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

  private static func median(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
    max(min(a, b), min(max(a, b), c))
  }
}
