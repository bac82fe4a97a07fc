import HTTPTypes

/// The keys that let a client search. Only their SHA-256 is known here: who reads the configuration cannot search.
package struct APIKeys: Sendable {
  private let hashes: [[UInt8]]

  /// Without keys everybody may search.
  package init() { hashes = [] }

  /// Nil when something is no SHA-256 in hexadecimal digits.
  package init?(hashes texts: [String]) {
    var hashes: [[UInt8]] = []
    for text in texts {
      guard let hash = Digest.bytes(hexadecimal: text), hash.count == Digest.byteCount else { return nil }
      hashes.append(hash)
    }
    self.hashes = hashes
  }

  package var isEmpty: Bool { hashes.isEmpty }

  /// The hash of a key as the configuration has it.
  package static func hash(of key: String) -> String { Digest.hexadecimal(Digest.sha256(Array(key.utf8))) }

  /// A key of 192 random bits; nil when the system has no random numbers.
  package static func makeKey() -> String? { Digest.randomBytes(24).map(Digest.hexadecimal) }

  /// Compares with every key whatever is found on the way, so that the time says nothing.
  func contains(_ key: String) -> Bool {
    let hash = Digest.sha256(Array(key.utf8))
    return hashes.reduce(false) { Digest.areEqual($1, hash) || $0 }
  }

  /// What a client shows as its key, in the places where clients of the three interfaces put it; nil for nothing.
  static func shown(by request: HTTPRequest, _ target: RequestTarget) -> String? {
    if let field = request.headerFields[.authorization] {
      let parts = field.split(separator: " ", maxSplits: 1)
      switch parts.first?.lowercased() {
      case "bearer" where parts.count == 2: return String(parts[1])
      // A browser that was asked for name and password: the key is the password.
      case "basic" where parts.count == 2: return Base64.password(ofCredentials: parts[1])
      default: return nil
      }
    }
    for name in [HTTPField.Name.xMeilisearchKey, .xAlgoliaKey] {
      if let key = request.headerFields[name] { return key }
    }
    return target.values(of: "x-algolia-api-key").first
  }
}

extension HTTPField.Name {
  static let xMeilisearchKey = constant("X-Meili-API-Key")
  static let xAlgoliaKey = constant("X-Algolia-API-Key")
}
