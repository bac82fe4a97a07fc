import Glibc
import SearchService
import SiteConfiguration

extension Configuration {
  /// Logs, keys, limits, proxies and webhook of `search.yaml`, and what only the environment says.
  ///
  /// - Parameter indexCommand: arguments of this program that bring the index up to date.
  func operationOptions(indexCommand: [String]) throws -> OperationOptions {
    var options = OperationOptions()
    options.accessLog = accessLog
    options.accessLogClient = .init(rawValue: accessLogClient) ?? .none
    options.queryLog = queryLog
    options.keys = try apiKeys()
    options.trustedProxies = try trustedProxies.map { text in
      guard let range = AddressRange(text) else {
        throw Self.problem("serve.trusted_proxies has \(text), which is no address")
      }
      return range
    }
    if rate > 0 { options.rateLimit = RateLimit(perSecond: rate, burst: burst) }
    if hasWebhook { options.webhook = try webhook(indexCommand) }
    return options
  }

  private func webhook(_ indexCommand: [String]) throws -> Webhook {
    let secret = try Secret.read("SEARCH_WEBHOOK_SECRET")
    let line = secret?.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    guard !line.isEmpty else {
      throw Self.problem(
        "serve.webhook needs a secret: SEARCH_WEBHOOK_SECRET, or a file with it that SEARCH_WEBHOOK_SECRET_FILE names"
      )
    }
    // The same program with the same environment, but for what only the endpoint has to know.
    let environment = (FileBytes.read("/proc/self/environ") ?? []).split(separator: 0).map {
      String(decoding: $0, as: UTF8.self)
    }
    return Webhook(
      secret: line, command: ["/proc/self/exe"] + indexCommand,
      environment: environment.filter { variable in
        !["SEARCH_WEBHOOK_SECRET", "SEARCH_API_KEYS"].contains { variable.hasPrefix($0) }
      })
  }

  /// `SEARCH_API_KEYS` has hashes, `SEARCH_API_KEYS_FILE` names a file with one a line; else `serve.keys`.
  ///
  /// A variable or a file that is there but holds nothing is a mistake: it must not open what was to be closed.
  private func apiKeys() throws -> APIKeys {
    var place = "serve.keys"
    var hashes = keyHashes
    if let secret = try Secret.read("SEARCH_API_KEYS") {
      place = secret.place
      hashes = secret.text.split { $0 == "," || $0.isWhitespace }.map(String.init)
      guard !hashes.isEmpty else {
        throw Self.problem("\(place) is empty; search keys new prints a key and its hash")
      }
    }
    guard let keys = APIKeys(hashes: hashes) else {
      throw Self.problem("\(place) has something that is no hash; search keys new prints a key and its hash")
    }
    return keys
  }

  private static func problem(_ message: String) -> CommandError {
    CommandError(status: ExitStatus.badConfiguration, message: Output.harmless(message))
  }
}

/// What is not to stand in a flag or a configuration: from the environment, or from a file that it names.
enum Secret {
  /// The value of a variable, or the content of the file that the variable with `_FILE` behind its name names.
  ///
  /// - Returns: nil when neither is there.
  static func read(_ name: String) throws -> (text: String, place: String)? {
    if let value = getenv(name).map({ String(cString: $0) }) { return (value, name) }
    guard let path = getenv(name + "_FILE").map({ String(cString: $0) }) else { return nil }
    guard let bytes = FileBytes.read(path), let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError(
        status: ExitStatus.noInput, message: Output.harmless("\(path) cannot be read (\(name)_FILE)"))
    }
    return (text, path)
  }
}
