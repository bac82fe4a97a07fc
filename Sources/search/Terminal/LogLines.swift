import Glibc
import Logging

/// Log lines on standard error: `2026-05-04T12:00:00Z info new commit commit=7 entries=120`.
///
/// One line an event, whatever the values hold: those with spaces or signs are quoted, control characters escaped.
struct LogLines: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "\(Self.now()) \(event.level) \(Output.harmless(event.message.description))"
    let values = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      line += " \(key)=\(Self.quoted(value.description))"
    }
    Output.tell(line + "\n")
  }

  private static func now() -> String {
    var seconds = time(nil)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(fields.tm_year + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday))T"
      + "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))Z"
  }

  private static func quoted(_ value: String) -> String {
    let text = Output.harmless(value)
    guard text.isEmpty || text.contains(where: { " \"=\\".contains($0) }) else { return text }
    return "\"" + text.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : "\($1)" } + "\""
  }
}
