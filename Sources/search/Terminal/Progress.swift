import Glibc

/// How far a long run is: a bar on a terminal, one line every five seconds elsewhere.
struct Progress {
  private let isShown: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var last: ContinuousClock.Instant
  private var isDrawn = false

  init(isShown: Bool) {
    self.isShown = isShown
    last = ContinuousClock.now
  }

  /// - Parameter total: bytes in all; 0 when unknown.
  mutating func update(done: Int, of total: Int, entries: Int) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now - last >= (isTerminal ? .milliseconds(100) : .seconds(5)) else { return }
    last = now
    let seconds = max(Double((now - start).microseconds) / 1_000_000, 0.001)
    let rate = Double(done) / seconds
    var text = "\(Numbers.grouped(entries)) entries, \(Numbers.bytes(done))"
    if total > 0 { text += " of \(Numbers.bytes(total))" }
    text += ", \(Numbers.bytes(Int(rate)))/s"
    if total > done, rate > 0 { text += ", \(Int(Double(total - done) / rate) + 1) s left" }
    if isTerminal {
      let width = 24
      let filled = total > 0 ? min(width, width * done / total) : 0
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
      Output.tell("\r\u{1B}[K[\(bar)] \(text)")
      isDrawn = true
    } else {
      Output.complain(text)
    }
  }

  /// Takes the bar away.
  mutating func finish() {
    if isDrawn { Output.tell("\r\u{1B}[K") }
    isDrawn = false
  }
}
