import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

/// A small but complete index: a commit, two segments, live bits for one; and what is right to read from it.
struct SmallIndex: Sendable {
  var commit: Commit
  var commitBytes: [UInt8]
  var segments: [[UInt8]]
  var liveBits: LiveBits
  var liveBytes: [UInt8]
  var contents: [SegmentContents]

  /// Built once; tests change copies of the bytes.
  static let shared: SmallIndex = {
    do { return try SmallIndex() } catch { fatalError("cannot build the small index: \(error)") }
  }()

  private init() throws {
    let work = try Workplace()
    // The first takes two pages; its commonest terms have postings in several blocks.
    let models = [
      SegmentModel.random(seed: 11, documentCount: 150, termCount: 60),
      SegmentModel.random(seed: 12, documentCount: 25, termCount: 40),
    ]
    var committed = try models.map { try $0.build(in: work.directory) }
    liveBits = LiveBits(documentCount: 25)
    for document in stride(from: 0, to: 25, by: 3) { liveBits.delete(document) }
    committed[1].live = try liveBits.write(to: work.directory)
    liveBytes = liveBits.encode()
    commit = Commit(
      number: 3, createdAt: 1_700_000_000, analyzer: "analyzer-1", sourcePaths: ["docs"], segments: committed)
    commitBytes = commit.encode()
    segments = try committed.map { try work.root.read($0.file.name) }
    contents = [
      SegmentContents(models[0]), SegmentContents(models[1], live: (0..<25).map { $0 % 3 != 0 }),
    ]
  }

  func open(_ number: Int, _ bytes: [UInt8]) throws -> SegmentReader {
    try SegmentReader(
      .inMemory(commit.segments[number].file.name, bytes), as: commit.segments[number],
      live: number == 1 ? liveBits : nil)
  }
}

/// Every byte and every length of the files of a small index: damage is found, or does no harm.
@Suite struct DamageTests {
  private let index = SmallIndex.shared

  @Test("the index is sound to begin with")
  func sound() throws {
    #expect(try Commit(decoding: index.commitBytes) == index.commit)
    for number in index.segments.indices {
      let segment = try index.open(number, index.segments[number])
      #expect(try segment.verify() == index.contents[number].terms.reduce(0) { $0 + $1.docIDs.count })
      #expect(try SegmentContents(reading: segment) == index.contents[number])
      #expect(segment.liveCount == index.contents[number].live.count { $0 })
    }
    #expect(index.segments[0].count > SegmentFrame.pageBytes)
  }

  /// What became of one damaged file: "" when nothing is wrong.
  private func outcome(_ number: Int, _ bytes: [UInt8], full: Bool, storedFirst: Bool) -> String {
    var verdict = ""
    // Damage is found by verify, always.
    do {
      try index.open(number, bytes).verify()
      verdict += " verify passes"
    } catch { if !(error is IndexFormatError) { verdict += " \(error)" } }
    // A query meets the damage and throws, or does not meet it and is right.
    do {
      let contents = try SegmentContents(
        reading: try index.open(number, bytes), storedFirst: storedFirst)
      if full, contents != index.contents[number] { verdict += " wrong answer" }
      if !full { verdict += " every byte is read" }
    } catch { if !(error is IndexFormatError) { verdict += " \(error)" } }
    return verdict
  }

  /// Eight parts, so that they run side by side.
  @Test("a flipped bit in any byte of a segment is found", arguments: [0, 1], 0..<8)
  func flippedBit(number: Int, part: Int) {
    var bytes = index.segments[number]
    for offset in stride(from: part, to: bytes.count, by: 8) {
      let mask: UInt8 = offset % 9 == 8 ? 0xFF : 1 << UInt8(offset % 9)
      bytes[offset] ^= mask
      // Padding between sections is all that a reader of everything does not see; so compare then.
      let verdict = outcome(number, bytes, full: true, storedFirst: offset % 512 != part)
      if !verdict.isEmpty { Issue.record("byte \(offset), bits \(mask):\(verdict)") }
      bytes[offset] ^= mask
    }
  }

  @Test("a segment file of any other length is refused", arguments: [0, 1])
  func truncated(number: Int) {
    let sound = index.segments[number]
    let reference = index.commit.segments[number]
    for count in 0..<sound.count {
      let bytes = Array(sound[..<count])
      #expect(throws: IndexFormatError.self) { try index.open(number, bytes) }
      // Also when the commit was made to fit, as far as it can be.
      var forged = reference
      forged.file.byteCount = count
      #expect(throws: IndexFormatError.self) {
        try SegmentReader(.inMemory(forged.file.name, bytes), as: forged, live: nil)
      }
    }
    for extra in [1, 8, 32, 4_096] {
      #expect(throws: IndexFormatError.self) {
        try index.open(number, sound + [UInt8](repeating: 0, count: extra))
      }
    }
  }

  @Test("zeroed, doubled and swapped pages are found", arguments: [0, 1])
  func pages(number: Int) {
    let sound = index.segments[number]
    let step = 4_096
    for first in stride(from: 0, to: sound.count - step, by: step) {
      var bytes = sound
      for i in first..<first + step { bytes[i] = 0 }
      #expect(outcome(number, bytes, full: true, storedFirst: false) == "")
      for second in stride(from: 0, to: sound.count - step, by: step) where first != second {
        bytes = sound
        bytes.replaceSubrange(first..<first + step, with: sound[second..<second + step])
        #expect(outcome(number, bytes, full: true, storedFirst: false) == "")
        bytes.replaceSubrange(second..<second + step, with: sound[first..<first + step])
        #expect(outcome(number, bytes, full: true, storedFirst: false) == "")
      }
    }
  }

  @Test("any flipped bit and any other length of commit and live bits is refused")
  func smallFiles() {
    let reference = LiveBits.reference(to: index.liveBytes)
    func readLive(_ bytes: [UInt8]) throws { _ = try LiveBits(decoding: bytes, reference, documentCount: 25) }
    func readCommit(_ bytes: [UInt8]) throws { _ = try Commit(decoding: bytes) }
    for (sound, read) in [(index.liveBytes, readLive), (index.commitBytes, readCommit)] {
      for offset in sound.indices {
        for bit in 0..<8 {
          var bytes = sound
          bytes[offset] ^= 1 << UInt8(bit)
          #expect(throws: IndexFormatError.self) { try read(bytes) }
        }
        #expect(throws: IndexFormatError.self) { try read(Array(sound[..<offset])) }
      }
      #expect(throws: IndexFormatError.self) { try read(sound + [0]) }
    }
  }

  @Test("the other segment's file, and the commit's wrong idea of it, are refused")
  func wrongFile() {
    #expect(throws: IndexFormatError.self) { try index.open(0, index.segments[1]) }
    var forged = index.commit.segments[0]
    forged.documentCount += 1
    #expect(throws: IndexFormatError.self) {
      try SegmentReader(.inMemory(forged.file.name, index.segments[0]), as: forged, live: nil)
    }
  }
}
