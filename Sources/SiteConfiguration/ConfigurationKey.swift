import SearchModel

/// One key of `search.yaml` outside `sources`, `ranking.pins`: the only list of them.
package struct ConfigurationKey: Sendable {
  /// What a value may be.
  package enum Kind: Sendable {
    case text
    case choice([String])
    case bool
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// Bytes, written with K, M or G as powers of 1,024.
    case bytes(ClosedRange<Int>)
    /// Seconds, written with ms, s, m, h or d.
    case duration(ClosedRange<Double>)
    /// A list, or one value in its place.
    case texts
    /// A list of some of these.
    case choices([String])
    /// Where a site is: `https://example.org/docs/`, or a path below the root of any.
    case address
    /// A list of sites as browsers name them, `https://example.org`.
    case origins

    package var isList: Bool {
      switch self {
      case .texts, .choices, .origins: true
      default: false
      }
    }
  }

  /// With dots: `index.memory`.
  package var name: String
  package var kind: Kind
  /// As it would be written; nil when nothing stands there.
  package var defaultText: String?
  /// What it says, for `search init`.
  package var purpose: String

  init(_ name: String, _ kind: Kind, _ defaultText: String?, _ purpose: String) {
    self.name = name
    self.kind = kind
    self.defaultText = defaultText
    self.purpose = purpose
  }

  /// `SEARCH_INDEX_MEMORY`.
  package var environmentName: String { "SEARCH_" + name.uppercased().replacing(".", with: "_") }

  package static let facetNames = ["category", "tags", "lang", "kind", "year", "source"]

  package static let all: [ConfigurationKey] = [
    .init(
      "site.base_url", .address, nil, "address of the site; found in the generator's configuration otherwise"),
    .init("index.dir", .text, ".search", "where the index is, relative to this file"),
    .init("index.threads", .integer(0...256), "0", "threads of indexing; 0 is one per core"),
    .init("index.memory", .bytes(1 << 20...1 << 40), "256M", "memory for buffered postings"),
    .init(
      "index.keep", .integer(1...100), "2", "commits that search rollback finds, the current one included"),
    .init("index.max_file_bytes", .bytes(1 << 10...1 << 30), "32M", "larger files are named and skipped"),
    .init(
      "analysis.user_dictionary", .texts, nil, "files with one word a line that are words whatever ICU thinks"
    ),
    .init(
      "analysis.synonyms", .texts, nil, "groups such as \"k8s, kubernetes\" and \"多集群 => multi-cluster\""),
    .init(
      "ranking.recency.half_life", .duration(0...1e10), "0d", "age at which an entry counts half; 0d is off"),
    .init("query.limit", .integer(1...1_000), "10", "hits of one answer"),
    .init("facets", .choices(facetNames), "category", "what is counted beside the hits"),
    .init("serve.host", .text, "127.0.0.1", "address that the endpoint listens on"),
    .init("serve.port", .integer(0...65_535), "7720", "0 is any free one"),
    .init("serve.cors", .origins, nil, "origins whose pages may read answers"),
    .init("serve.cache", .bool, "true", "answers are kept in memory while their commit is served"),
    .init("serve.metrics", .bool, "false", "counters and durations for Prometheus at /metrics"),
  ]

  package static func named(_ name: String) -> ConfigurationKey? { all.first { $0.name == name } }
}

/// The value of a key.
package enum ConfigurationValue: Equatable, Sendable {
  case text(String)
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case texts([String])

  /// As it would be written.
  package var description: String {
    switch self {
    case .text(let text): text
    case .bool(let bool): bool ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number): number == number.rounded() ? String(Int(number)) : String(number)
    case .texts(let texts): texts.joined(separator: ", ")
    }
  }
}

/// Why a value is none for its key: a predicate with what to write instead.
struct ValueProblem: Error { var reason: String }

extension ConfigurationKey {
  /// The value of a scalar, or of the scalars of a list.
  func value(of texts: [String], isList: Bool) throws(ValueProblem) -> ConfigurationValue {
    switch kind {
    case .texts: return .texts(texts.filter { !$0.isEmpty })
    case .choices(let names):
      if let wrong = texts.first(where: { !names.contains($0) }) {
        throw ValueProblem(reason: "\(wrong) is none of \(names.joined(separator: ", "))")
      }
      return .texts(texts)
    case .origins:
      if let wrong = texts.first(where: { Origin($0) == nil }) {
        throw ValueProblem(
          reason: "has \(wrong), which is no origin; write https://example.org, without a path")
      }
      return .texts(texts)
    default: break
    }
    guard !isList, let text = texts.first else { throw ValueProblem(reason: "takes one value, not a list") }
    switch kind {
    case .text: return .text(text)
    case .address:
      guard
        text.isEmpty || text.hasPrefix("/")
          || ["http://", "https://"].contains(where: { text.hasPrefix($0) && text != $0 })
      else { throw ValueProblem(reason: "is \(text); write an address such as https://example.org/docs/") }
      return .text(text)
    case .choice(let names):
      guard names.contains(text) else {
        throw ValueProblem(reason: "is \(text); choose one of \(names.joined(separator: ", "))")
      }
      return .text(text)
    case .bool:
      guard let bool = boolean(text) else { throw ValueProblem(reason: "is \(text); write true or false") }
      return .bool(bool)
    case .integer(let range):
      guard let number = Int(text), range.contains(number) else {
        throw ValueProblem(
          reason: "is \(text); write a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return .integer(number)
    case .number(let range):
      guard let number = Double(text), range.contains(number) else {
        throw ValueProblem(
          reason: "is \(text); write a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return .number(number)
    case .bytes(let range):
      guard let bytes = byteCount(text), range.contains(bytes) else {
        throw ValueProblem(
          reason:
            "is \(text); write a size such as 64M, from \(sizeText(range.lowerBound)) to \(sizeText(range.upperBound))"
        )
      }
      return .integer(bytes)
    case .duration(let range):
      guard let seconds = seconds(text), range.contains(seconds) else {
        throw ValueProblem(reason: "is \(text); write a time such as 500ms, 2s or 365d")
      }
      return .number(seconds)
    case .texts, .choices, .origins: return .texts(texts)
    }
  }

  /// A value as it would be written in the file: `256M`, `1s`.
  package func written(_ value: ConfigurationValue) -> String {
    switch (kind, value) {
    case (.bytes, .integer(let bytes)): return sizeText(bytes)
    case (.duration, .number(let seconds)):
      if seconds >= 86_400, seconds.truncatingRemainder(dividingBy: 86_400) == 0 {
        return "\(Int(seconds / 86_400))d"
      }
      return seconds == 0
        ? "0d" : seconds < 1 ? "\(Int((seconds * 1_000).rounded()))ms" : "\(value.description)s"
    default: return value.description
    }
  }

  /// The value that stands for itself: what nobody has said.
  var defaultValue: ConfigurationValue? {
    guard let defaultText else { return nil }
    return try? value(of: [defaultText], isList: false)
  }
}

func boolean(_ text: String) -> Bool? {
  switch text.lowercased() {
  case "true", "yes", "on": true
  case "false", "no", "off": false
  default: nil
  }
}

/// `64M`, `32MB`, `1048576`; nil for what is no size or too large for one.
func byteCount(_ text: String) -> Int? {
  let upper = text.uppercased()
  let digits = upper.prefix { $0.isASCII && $0.isNumber }
  guard let number = Int(digits) else { return nil }
  let shift: Int
  switch upper.dropFirst(digits.count) {
  case "", "B": shift = 0
  case "K", "KB", "KIB": shift = 10
  case "M", "MB", "MIB": shift = 20
  case "G", "GB", "GIB": shift = 30
  default: return nil
  }
  let product = number.multipliedReportingOverflow(by: 1 << shift)
  return product.overflow ? nil : product.partialValue
}

func sizeText(_ bytes: Int) -> String {
  for (shift, unit) in [(30, "G"), (20, "M"), (10, "K")]
  where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
    return "\(bytes >> shift)\(unit)"
  }
  return String(bytes)
}

private func seconds(_ text: String) -> Double? {
  for (unit, factor) in [("ms", 0.001), ("s", 1.0), ("m", 60), ("h", 3_600), ("d", 86_400)]
  where text.hasSuffix(unit) {
    return Double(text.dropLast(unit.count)).map { $0 * factor }
  }
  return nil
}
