import TOMLKit

/// TOML → values, by toml++.
enum TOMLReader {
  /// The tables of a text.
  static func read(_ toml: ArraySlice<UInt8>, byteLimit: Int) throws(MetaProblem) -> MetaValue {
    guard toml.count <= byteLimit else {
      throw MetaProblem(line: 1, reason: "is longer than \(byteLimit / 1024) KiB and was not read")
    }
    try TOMLSyntax.check(toml)
    let table: TOMLTable
    do {
      table = try TOMLTable(string: String(decoding: toml, as: UTF8.self))
    } catch let error as TOMLParseError {
      throw MetaProblem(
        line: max(1, Int(error.source.begin.line)),
        reason: "is not valid TOML and was not read: \(error.description.prefix(200))")
    } catch {
      throw MetaProblem(line: 1, reason: "is not valid TOML and was not read")
    }
    var count = 0
    guard let value = value(of: table.tomlValue, depth: 1, &count) else {
      throw MetaProblem(line: 1, reason: "holds more than 10,000 values or 64 levels and was not read")
    }
    return value
  }

  private static func value(of toml: TOMLValue, depth: Int, _ count: inout Int) -> MetaValue? {
    count += 1
    guard depth <= MetaValue.depthLimit, count <= MetaValue.countLimit else { return nil }
    if let table = toml.table {
      var pairs: [MetaPair] = []
      for (key, inner) in table {
        guard let read = value(of: inner.tomlValue, depth: depth + 1, &count) else { return nil }
        pairs.append(MetaPair(key: key, value: read))
      }
      return .map(pairs)
    }
    if let array = toml.array {
      var items: [MetaValue] = []
      for inner in array {
        guard let read = value(of: inner.tomlValue, depth: depth + 1, &count) else { return nil }
        items.append(read)
      }
      return .list(items)
    }
    if let text = toml.string { return .text(trimmed(text)) }
    if let bool = toml.bool { return .text(bool ? "true" : "false") }
    if let int = toml.int { return .text(String(int)) }
    if let double = toml.double { return .text(String(double)) }
    if let time = toml.dateTime {
      return .text(day(time.date.year, time.date.month, time.date.day))
    }
    if let date = toml.date { return .text(day(date.year, date.month, date.day)) }
    return .null
  }

  private static func day(_ year: Int, _ month: Int, _ day: Int) -> String { "\(year)-\(month)-\(day)" }
}
