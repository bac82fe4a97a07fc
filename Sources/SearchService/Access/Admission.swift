import HTTPTypes

/// Who asks, and whether it may: what is looked at before any route is.
struct Admission: Sendable {
  /// Paths that tell nothing of the index: probes, what the search box is made of, and one that wants a signature.
  private static let openPaths: Set<String> = [
    Route.hook.rawValue, "/healthz", "/readyz", "/health", "/search.js", "/search.css", "/opensearch.xml",
    "/openapi.json",
  ]
  private static let probes: Set<String> = ["/healthz", "/readyz", "/health"]

  let keys: APIKeys
  private let proxies: TrustedProxies
  private let limiter: RateLimiter?
  private let start = ContinuousClock.now

  init(_ options: OperationOptions) {
    keys = options.keys
    proxies = TrustedProxies(options.trustedProxies)
    limiter = options.rateLimit.map { RateLimiter($0) }
  }

  func client(of request: HTTPRequest, from peer: ClientAddress?) -> Client? {
    proxies.client(of: request, from: peer).map { Client(address: $0.address, isKnown: $0.isKnown) }
  }

  /// - Throws: 429, 401, 403.
  func admit(_ request: HTTPRequest, _ target: RequestTarget, from client: Client?) throws(ServiceError) {
    // Browsers ask without credentials whether they may ask with them.
    guard request.method != .options else { return }
    if let limiter, let client, !Self.probes.contains(target.path) {
      let time = ContinuousClock.now - start
      if let wait = limiter.refuses(client.address.household, at: UInt64(time.microseconds) * 1_000 + 1) {
        throw .tooManyRequests(retryAfter: Int(wait / 1_000_000_000) + 1)
      }
    }
    guard !keys.isEmpty, !Self.openPaths.contains(target.path) else { return }
    // A browser asks its user for the key of the page, again when it was wrong; scripts are not to make it ask.
    let isPage = target.path == Route.page.rawValue
    guard let key = APIKeys.shown(by: request, target) else {
      throw .unauthorized(challenge: isPage ? "Basic" : "Bearer")
    }
    guard keys.contains(key) else { throw isPage ? .unauthorized(challenge: "Basic") : .forbidden }
  }
}

/// Whose request it is.
struct Client: Sendable {
  var address: ClientAddress
  /// Whether the address is that of one visitor, not that of a server that asks for many.
  var isKnown: Bool
}
