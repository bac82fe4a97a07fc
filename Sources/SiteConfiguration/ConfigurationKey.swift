import Glibc
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
    /// Requests a second, written `20/s`, `300/m` or `1000/h`; 0 for `off`.
    case rate
    /// A list of addresses, `127.0.0.1`, or ranges of them, `10.0.0.0/8`.
    case addressRanges
    /// A list of SHA-256 in hexadecimal digits.
    case hashes

    package var isList: Bool {
      switch self {
      case .texts, .choices, .origins, .addressRanges, .hashes: true
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

  /// Other engines whose clients the endpoint answers.
  package static let dialectNames = ["meilisearch", "algolia"]

  package static let all: [ConfigurationKey] = [
    .init(
      "site.base_url", .address, nil, "address of the site; found in the generator's configuration otherwise"),
    .init("index.dir", .text, ".search", "where the index is, relative to this file"),
    .init("index.threads", .integer(0...256), "0", "threads of indexing; 0 is one per core"),
    .init("index.memory", .bytes(1 << 20...1 << 40), "256M", "memory for buffers"),
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
    .init(
      "serve.access_log.path", .text, nil,
      "a JSON line per request goes to this file, or to - for standard output"),
    .init("serve.access_log.ip", .choice(["none", "truncated", "full"]), "none", "of the client's address"),
    .init(
      "serve.query_log.path", .text, nil,
      "a JSON line per search, without anything of the visitor, for search report"),
    .init(
      "serve.keys", .hashes, nil,
      "who shows a key with one of these hashes may search; search keys new makes one"),
    .init("serve.rate.per_ip", .rate, "off", "requests of one client, such as 20/s"),
    .init("serve.rate.burst", .integer(1...100_000), "40", "at once"),
    .init(
      "serve.webhook", .bool, "false",
      "POST /_hook, signed with SEARCH_WEBHOOK_SECRET, has the index brought up to date"),
    .init(
      "serve.trusted_proxies", .addressRanges, "127.0.0.1, ::1",
      "servers that say for whom they ask, such as 10.0.0.0/8"),
    .init(
      "serve.compat", .choices(dialectNames), "[\(dialectNames.joined(separator: ", "))]",
      "other engines whose boxes and clients are answered; [] for none"),
    .init(
      "serve.index_name", .text, nil, "the one name by which those may call the index; any if not given"),
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
    case .addressRanges:
      if let wrong = texts.first(where: { !isAddressRange($0) }) {
        throw ValueProblem(reason: "has \(wrong), which is no address; write 10.1.2.3, 10.0.0.0/8 or ::1")
      }
      return .texts(texts)
    case .hashes:
      if let wrong = texts.first(where: { $0.utf8.count != 64 || !$0.allSatisfy(\.isHexDigit) }) {
        throw ValueProblem(
          reason:
            "has a value of \(wrong.count) characters, which is no hash; search keys new prints a key and its hash"
        )
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
    case .rate:
      guard let rate = perSecond(text) else {
        throw ValueProblem(reason: "is \(text); write requests such as 20/s, 300/m or 1000/h, or off")
      }
      return .number(rate)
    case .texts, .choices, .origins, .addressRanges, .hashes: return .texts(texts)
    }
  }

  /// A value as it would be written in the file: `256M`, `1s`.
  package func written(_ value: ConfigurationValue) -> String {
    switch (kind, value) {
    case (.rate, .number(0)): return "off"
    case (.rate, .number(let rate)):
      for (factor, unit) in [(1.0, "s"), (60, "m")] where rate * factor == (rate * factor).rounded() {
        return "\(Int(rate * factor))/\(unit)"
      }
      return "\(Int((rate * 3_600).rounded()))/h"
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
    let texts =
      kind.isList
      ? defaultText.split { "[],".contains($0) }.map { $0.trimmingSpaces } : [defaultText]
    return try? value(of: texts, isList: kind.isList)
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

/// `20/s`: at most a million a second; 0 for `off`.
private func perSecond(_ text: String) -> Double? {
  if text == "off" || boolean(text) == false { return 0 }
  let parts = text.split(separator: "/", omittingEmptySubsequences: false)
  guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count) else { return nil }
  return ["s": 1, "m": 60, "h": 3_600][parts[1]].map { Double(count) / $0 }
}

/// An address of IPv4 or IPv6, with or without the number of bits that a range shares.
private func isAddressRange(_ text: String) -> Bool {
  let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
  guard let address = parts.first.map(String.init), address.utf8.count <= 45 else { return false }
  var bytes = in6_addr()
  let bitCount =
    inet_pton(AF_INET, address, &bytes) == 1 ? 32 : inet_pton(AF_INET6, address, &bytes) == 1 ? 128 : -1
  return bitCount > 0 && (parts.count == 1 || Int(parts[1]).map { (0...bitCount).contains($0) } ?? false)
}

private func seconds(_ text: String) -> Double? {
  for (unit, factor) in [("ms", 0.001), ("s", 1.0), ("m", 60), ("h", 3_600), ("d", 86_400)]
  where text.hasSuffix(unit) {
    return Double(text.dropLast(unit.count)).map { $0 * factor }
  }
  return nil
}
