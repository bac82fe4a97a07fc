import Glibc
import IndexStorage
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct SpoolTests {
  private let disk: FaultyDirectory

  init() throws { disk = try FaultyDirectory() }

  @Test("gives back what an array would, however much there is", arguments: UInt64(0)..<8)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let spool = Spool<UInt32>(directory: disk.directory, memoryBytes: 65_536)
    var expected: [UInt32] = []
    let largest = seed == 0 ? 100 : 100_000
    while expected.count < largest {
      if Bool.random(using: &random) {
        let value = UInt32.random(in: 0 ... .max, using: &random)
        try spool.append(value)
        expected.append(value)
      } else {
        let values = (0..<Int.random(in: 0...2_000, using: &random)).map { UInt32($0) }
        try spool.append(contentsOf: values)
        expected += values
      }
      #expect(spool.count == expected.count)
      let start = Int.random(in: 0...expected.count, using: &random)
      let end = Int.random(in: start...min(start + 40_000, expected.count), using: &random)
      #expect(try spool.elements(start..<end) == Array(expected[start..<end]))
    }
    #expect(throws: ScratchDamage.self) { try spool.elements(0..<expected.count + 1) }
    #expect(try spool.takeAll() == expected)
    #expect(disk.files.openDescriptorCount == 0)
    #expect(disk.files.trace.contains { $0.kind == .create } == (seed > 0))
  }

  @Test("every call that fails is told", arguments: [FileOperation.Kind.create, .write, .read])
  func faults(kind: FileOperation.Kind) throws {
    disk.files.inject(Fault(.fails(EIO), at: 1, in: [kind]))
    let spool = Spool<UInt8>(directory: disk.directory, memoryBytes: 65_536)
    let error = #expect(throws: FileError.self) {
      for _ in 0..<10 { try spool.append(contentsOf: [UInt8](repeating: 7, count: 60_000)) }
      _ = try spool.takeAll()
    }
    #expect(error?.code == EIO)
  }

  @Test("bytes that come back otherwise than they were written are told")
  func damage() throws {
    // A file that keeps its name can be reached from here.
    disk.files.inject(Fault(.fails(EIO), at: 1, in: [.unlink]))
    let spool = Spool<UInt32>(directory: disk.directory, memoryBytes: 65_536)
    try spool.append(contentsOf: [UInt32](repeating: 7, count: 200_000))
    _ = try spool.elements(0..<1)
    var bytes = try disk.root.read("tmp-scratch")
    #expect(bytes.count == 800_000)
    bytes[400_000] ^= 1
    try disk.root.write("tmp-scratch", bytes)
    #expect(throws: ScratchDamage.self) { try spool.takeAll() }
  }
}
