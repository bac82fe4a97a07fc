import Glibc
import IndexFormat
import Synchronization
import Testing

@Suite struct WorkCrewTests {
  @Test("every piece is done once, on lanes of the crew", arguments: [1, 2, 5])
  func everyPiece(threadCount: Int) {
    let crew = WorkCrew(threadCount: threadCount)
    let done = Mutex<[Int: Int]>([:])
    let lanes = Mutex<Set<Int>>([])
    for number in 0..<2_000 {
      crew.submit { lane in
        done.withLock { $0[number, default: 0] += 1 }
        lanes.withLock { _ = $0.insert(lane) }
      }
    }
    crew.finish()
    done.withLock { #expect($0.count == 2_000 && $0.values.allSatisfy { $0 == 1 }) }
    lanes.withLock { #expect($0.isSubset(of: Set(0..<threadCount))) }
  }

  @Test("a lane gets its pieces in the order in which they were handed over", arguments: [1, 2, 4])
  func order(threadCount: Int) {
    let crew = WorkCrew(threadCount: threadCount)
    let last = Mutex([Int](repeating: -1, count: threadCount))
    let disorder = Mutex(0)
    for number in 0..<5_000 {
      crew.submit { lane in
        let isLater = last.withLock { last in
          defer { last[lane] = number }
          return last[lane] < number
        }
        if !isLater { disorder.withLock { $0 += 1 } }
      }
    }
    crew.finish()
    #expect(disorder.withLock { $0 } == 0)
  }

  /// Written by one piece of work, without a lock.
  private final class Note: @unchecked Sendable {
    var text: String?
  }

  @Test("what a piece has written can be read when it was waited for, in any order", arguments: [1, 3])
  func waiting(threadCount: Int) {
    let crew = WorkCrew(threadCount: threadCount)
    let notes = (0..<300).map { _ in Note() }
    let pieces = notes.enumerated().map { number, note in
      crew.submit { _ in note.text = String(repeating: "x", count: number) }
    }
    for number in [50, 10, 299] + Array(0..<300) {
      crew.wait(for: pieces[number])
      #expect(notes[number].text?.utf8.count == number)
    }
    crew.finish()
    crew.wait(for: pieces[0])
  }

  @Test("a crew that goes finishes what it was given")
  func goes() {
    let count = Mutex(0)
    do {
      let crew = WorkCrew(threadCount: 3)
      for _ in 0..<50 { crew.submit { _ in count.withLock { $0 += 1 } } }
    }
    #expect(count.withLock { $0 } == 50)
  }
}
