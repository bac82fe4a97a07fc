import Glibc
import HTTPTypes
import Logging
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct LogFileTests {
  private let folder: TemporaryDirectory
  private let recorder = LogRecorder()

  init() throws { folder = try TemporaryDirectory() }

  private var path: String { folder.path(of: "log") }
  private var logger: Logger { Logger(label: "test") { _ in recorder } }

  private func lines(_ name: String = "log") throws -> [String] {
    String(decoding: try folder.read(name), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("lines of many threads are whole, in the order of each, and all there at the end")
  func threads() async throws {
    let file = try LogFile(path: path, byteLimit: 64 << 20, logger: logger)
    await withTaskGroup(of: Void.self) { tasks in
      for task in 0..<8 {
        tasks.addTask { for line in 0..<500 { file.append(Array("\(task) \(line) 多集群".utf8)) } }
      }
    }
    await file.stop()
    let lines = try lines()
    #expect(lines.count == 4_000 && file.droppedLines == 0)
    for task in 0..<8 {
      let own = lines.filter { $0.hasPrefix("\(task) ") }
      #expect(own == (0..<500).map { "\(task) \($0) 多集群" })
    }
  }

  @Test("a file that was renamed is left alone, one that was truncated is written on")
  func rotation() async throws {
    let file = try LogFile(path: path, logger: logger)
    func write(_ text: String) async throws {
      file.append(Array(text.utf8))
      while try !folder.names().contains("log") || lines().last != text {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    try await write("one")
    #expect(rename(path, folder.path(of: "log.1")) == 0)
    try await write("two")
    #expect(truncate(path, 0) == 0)
    try await write("three")
    await file.stop()
    #expect(try lines("log.1") == ["one"])
    #expect(try lines() == ["three"])
  }

  @Test("what the disk does not take is dropped and counted, and said once")
  func fullDisk() async throws {
    let file = try LogFile(path: "/dev/full", logger: logger)
    for _ in 0..<10 { file.append(Array("line".utf8)) }
    await file.stop()
    file.append(Array("too late".utf8))
    #expect(file.droppedLines == 11)
    #expect(recorder.lines.count == 1 && recorder.lines.first?.contains("log lines are lost") == true)
  }

  @Test("a reader that is slow costs lines, not time or memory")
  func slowReader() async throws {
    #expect(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    let file = try LogFile(path: path, byteLimit: 100_000, logger: logger)
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999)
    for _ in 0..<1_000 { file.append(line) }
    // What a pipe takes, what waits, and what is on its way.
    #expect(file.droppedLines >= 1_000 - 65 - 100 - 100)
    // Reading what there is lets it come to its end.
    let all = Task.detached { () -> Int in
      var sum = 0
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(reader, &buffer, buffer.count)
        if count == 0 { return sum }
        if count > 0 { sum += count } else { try await Task.sleep(for: .milliseconds(5)) }
      }
    }
    await file.stop()
    #expect(try await all.value == (1_000 - file.droppedLines) * 1_000)
    close(reader)
  }

  @Test("a file that cannot be opened is an error at once")
  func noFolder() {
    #expect(throws: (any Error).self) { try LogFile(path: folder.path(of: "none/log"), logger: logger) }
  }
}
