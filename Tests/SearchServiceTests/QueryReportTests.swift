import Foundation
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct QueryReportTests {
  private static let words = [
    "多集群", "kubernetes", "k8s \"quoted\"", "back\\slash", "helm", "长一点的查询", "😀", "é",
  ]

  private func randomLine(_ random: inout SplitMix64, words: [String]) -> QueryLogLine {
    func query() -> String {
      (0..<Int.random(in: 1...2, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: " ")
    }
    let second = Int.random(in: 1_700_000_000..<1_700_900_000, using: &random)
    return QueryLogLine(
      time: timespec(tv_sec: second, tv_nsec: 0), query: query(),
      total: Int.random(in: 0...3, using: &random),
      match: Bool.random(using: &random) ? .full : .some, microseconds: 7,
      after: Int.random(in: 0..<4, using: &random) == 0 ? query() : nil)
  }

  private func isBefore(_ a: Int, _ aText: String, _ b: Int, _ bText: String) -> Bool {
    a != b ? a > b : aText.utf8.lexicographicallyPrecedes(bText.utf8)
  }

  /// The report by Foundation's JSON and dictionaries.
  private func plain(_ text: String, since: String, limit: Int) -> QueryReport {
    var report = QueryReport()
    var counts: [String: (count: Int, failures: Int, total: Int)] = [:]
    var retries: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let query = object["q"] as? String, let total = object["total"] as? Int,
        let time = object["time"] as? String
      else {
        report.badLineCount += 1
        continue
      }
      guard time >= since else { continue }
      let failed = total == 0 || object["match"] as? String != "full"
      report.searchCount += 1
      report.unansweredCount += failed ? 1 : 0
      let known = counts[query] ?? (0, 0, 0)
      counts[query] = (known.count + 1, known.failures + (failed ? 1 : 0), total)
      if let after = object["after"] as? String { retries[after + "\0" + query, default: 0] += 1 }
    }
    func list(_ number: (String) -> Int) -> [QueryReport.Query] {
      counts.keys.filter { number($0) > 0 }
        .sorted { isBefore(number($0), $0, number($1), $1) }
        .prefix(limit).map { QueryReport.Query(text: $0, count: number($0), total: counts[$0]?.total ?? 0) }
    }
    report.distinctCount = counts.count
    report.top = list { counts[$0]?.count ?? 0 }
    report.unanswered = list { counts[$0]?.failures ?? 0 }
    report.retries = retries.sorted { isBefore($0.value, $0.key, $1.value, $1.key) }.prefix(limit).map {
      let parts = $0.key.split(separator: "\0")
      return QueryReport.Retry(from: String(parts[0]), to: String(parts[1]), count: $0.value)
    }
    return report
  }

  @Test("a report is what dictionaries count, for any number of threads", arguments: UInt64(0)..<4)
  func agreement(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryDirectory()
    var text = ""
    // The last seed is long enough for threads to share it.
    for _ in 0..<(seed == 3 ? 14_000 : 300) {
      switch Int.random(in: 0..<40, using: &random) {
      case 0: text += "no line of ours\n"
      case 1: text += "\n"
      case 2:
        text +=
          #"{"time":"2023-11-20T00:00:00Z","q":"\ud83d\ude00 \u591a\u96c6","total":2,"match":"full"}"# + "\n"
      default: text += String(decoding: randomLine(&random, words: Self.words).json(), as: UTF8.self) + "\n"
      }
    }
    if seed == 1 { text.removeLast() }
    try folder.write("q", text)
    for since in ["", "2023-11-19", "2023-11-19T12:30"] {
      let expected = plain(text, since: since, limit: 7)
      #expect(expected.searchCount > 50 && !expected.retries.isEmpty)
      for threads in [1, 2, 3] {
        let report = try QueryReport([folder.path(of: "q")], since: since, limit: 7, threadCount: threads)
        #expect(report == expected, "\(threads) threads, since \(since)")
      }
    }
  }

  @Test("lines are read whole from any range of a file", arguments: UInt64(0)..<3)
  func ranges(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryDirectory()
    let lines = (0..<200).map { _ in String(repeating: "x", count: Int.random(in: 1...2_000, using: &random))
    }
    try folder.write("q", lines.joined(separator: "\n"))
    let size = try folder.read("q").count
    var cuts = [0, size] + (0..<20).map { _ in Int.random(in: 0...size, using: &random) }
    cuts.sort()
    var found: [String] = []
    for (start, end) in zip(cuts, cuts.dropFirst()) {
      try QueryLogFile(folder.path(of: "q")).forEachLine(startingIn: start..<end) { line in
        if let line { found.append(line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }) }
      }
    }
    #expect(found == lines)
  }

  @Test("bytes that are no log do no harm", arguments: UInt64(0)..<20)
  func hostile(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryDirectory()
    var bytes: [UInt8] = []
    for _ in 0..<200 {
      var line = randomLine(&random, words: Self.words).json()
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let at = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: line[at] = UInt8.random(in: 0...255, using: &random)
        case 1: line.removeSubrange(at...)
        default: line.insert(UInt8(ascii: "\\"), at: at)
        }
        if line.isEmpty { break }
      }
      bytes += line + [0x0A]
    }
    bytes += [UInt8](repeating: UInt8(ascii: "{"), count: 300_000)
    try folder.write("q", bytes)
    let report = try QueryReport([folder.path(of: "q")], limit: 1_000, threadCount: 2)
    #expect(report.searchCount > 0 && report.badLineCount > 0)
    #expect(String(validating: report.json(), as: UTF8.self) != nil)
  }

  @Test("with more different queries than there is room for, the frequent ones stay")
  func bounded() throws {
    var tally = QueryTally(entryLimit: 1_000, byteLimit: 20_000)
    var random = SplitMix64(seed: 5)
    var often: [String: Int] = [:]
    var most = 0
    for number in 0..<100_000 {
      let text = number % 10 == 0 ? "often \(Int.random(in: 0..<20, using: &random))" : "rare \(number)"
      if number % 10 == 0 { often[text, default: 0] += 1 }
      tally.add(Array(text.utf8).span, failures: 0, total: 0)
      most = max(most, tally.entries.count)
    }
    #expect(most <= 1_000)
    #expect(tally.lostCount > 0)
    let top = tally.largest(20) { $0.count }
    #expect(Set(top.map { tally.text(of: $0) }) == Set(often.keys))
    for entry in top {
      let exact = try #require(often[tally.text(of: entry)])
      #expect((exact - tally.lostCount...exact).contains(entry.count))
    }
  }

  @Test("what is no file is an error that names it")
  func noFile() {
    #expect(throws: (any Error).self) { try QueryReport(["/nowhere/log"], limit: 1, threadCount: 1) }
    #expect(throws: (any Error).self) { try QueryReport(["/"], limit: 1, threadCount: 1) }
  }
}
