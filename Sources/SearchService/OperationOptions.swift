/// What the one who runs a server decides: what is written down, who may ask, how often, who may have the index renewed.
package struct OperationOptions: Sendable {
  /// How much of a client's address the access log has.
  package enum ClientDetail: String, CaseIterable, Sendable {
    case none
    /// Without what tells one household from the next: the first 24 bits, of IPv6 the first 48.
    case truncated
    case full
  }

  /// A file, `-` for standard output, nil for none.
  package var accessLog: String?
  package var accessLogClient = ClientDetail.none
  package var queryLog: String?
  package var keys = APIKeys()
  /// Servers whose word on where a request comes from counts.
  package var trustedProxies = ["127.0.0.1", "::1"].compactMap { AddressRange($0) }
  package var rateLimit: RateLimit?
  package var webhook: Webhook?

  package init() {}
}
