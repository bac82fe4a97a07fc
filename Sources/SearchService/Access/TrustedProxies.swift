import HTTPTypes

/// The servers in front of this one that say for whom they ask.
///
/// What a client says of itself counts for nothing: a list of addresses is read from its end, where the nearest
/// server has written, up to the first that is not one of ours.
struct TrustedProxies: Sendable {
  /// Servers in a row that are looked at.
  private static let longestChain = 32

  private let ranges: [AddressRange]

  init(_ ranges: [AddressRange]) { self.ranges = ranges }

  private func isTrusted(_ address: ClientAddress) -> Bool { ranges.contains { $0.contains(address) } }

  /// Whose request this is.
  ///
  /// - Returns: the address of the client, and whether it is one: false for that of a trusted server that names
  ///   nobody, which may ask for anyone.
  func client(
    of request: HTTPRequest, from peer: ClientAddress?
  ) -> (address: ClientAddress, isKnown: Bool)? {
    guard let peer else { return nil }
    guard isTrusted(peer) else { return (peer, true) }
    let forwardedFor = request.headerFields[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
      .map { Self.address(Self.trimmed($0)) }
    let forwarded = request.headerFields[values: .forwarded].flatMap { $0.split(separator: ",") }
      .map(Self.address(ofElement:))
    switch (farthest(forwardedFor), farthest(forwarded)) {
    case (let address?, nil), (nil, let address?): return (address, true)
    // A server of ours writes one of them, and passes on what the client has put into the other.
    case (let one?, let other?) where one == other: return (one, true)
    default: return (peer, false)
    }
  }

  /// The first address from the end that is none of a trusted server; nil when there is none, or something that is
  /// no address comes before it.
  private func farthest(_ chain: [ClientAddress?]) -> ClientAddress? {
    for address in chain.reversed().prefix(Self.longestChain) {
      guard let address else { return nil }
      if !isTrusted(address) { return address }
    }
    return nil
  }

  /// `for=` of one element (RFC 7239): `for="[2001:db8::1]:4711";proto=https`.
  private static func address(ofElement element: Substring) -> ClientAddress? {
    for pair in element.split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, trimmed(parts[0]).lowercased() == "for" else { continue }
      var value = trimmed(parts[1])
      if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
      return address(value)
    }
    return nil
  }

  /// An address, with or without brackets and port.
  private static func address(_ text: Substring) -> ClientAddress? {
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      return ClientAddress(text[text.index(after: text.startIndex)..<end])
    }
    if let address = ClientAddress(text) { return address }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && UInt16(parts[1]) != nil ? ClientAddress(parts[0]) : nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}

extension HTTPField.Name {
  static let xForwardedFor = constant("X-Forwarded-For")
  static let forwarded = constant("Forwarded")
}
