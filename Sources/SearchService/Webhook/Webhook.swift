import HTTPTypes

/// What lets another program say that the content of the site has changed: `POST /_hook`, signed.
package struct Webhook: Sendable {
  static let signatureName = "X-Hub-Signature-256"
  private static let signaturePrefix = "sha256="

  private let secret: [UInt8]
  /// Program and arguments of the run that brings the index up to date.
  let command: [String]
  /// `NAME=value` of that run.
  let environment: [String]

  /// - Parameters:
  ///   - secret: what both sides know; not empty.
  ///   - command: the path of a program, then its arguments.
  ///   - environment: `NAME=value`.
  package init(secret: String, command: [String], environment: [String]) {
    precondition(!secret.isEmpty, "without a secret anybody could sign")
    self.secret = Array(secret.utf8)
    self.command = command
    self.environment = environment
  }

  /// Whether a body was signed by one who knows the secret, as GitHub, Gitea and Forgejo do: `sha256=` and the
  /// hexadecimal HMAC-SHA-256 of the body.
  func isSigned(_ body: [UInt8], by signature: String?) -> Bool {
    guard let signature, signature.hasPrefix(Self.signaturePrefix),
      let code = Digest.bytes(hexadecimal: signature.dropFirst(Self.signaturePrefix.count))
    else { return false }
    return Digest.areEqual(code, Digest.authenticationCode(of: body, key: secret))
  }
}

extension HTTPField.Name {
  static let xHubSignature = constant(Webhook.signatureName)
}
