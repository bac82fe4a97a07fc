/// A regular expression of a site's configuration over names of files, compiled once.
///
/// Sendable: nothing of a `Regex` changes after `init` but its program, which it compiles at the first use and
/// stores by one atomic exchange.
final class FileExpression: @unchecked Sendable, CustomReflectable {
  let pattern: String
  private let expression: Regex<AnyRegexOutput>

  /// Nil for what is no expression.
  init?(_ pattern: String) {
    guard let expression = try? Regex(pattern) else { return nil }
    self.pattern = pattern
    self.expression = expression
  }

  func matches(_ name: String) -> Bool { name.contains(expression) }

  /// The pattern alone: that makes two of them equal (`StableText`).
  var customMirror: Mirror { Mirror(self, children: ["pattern": pattern]) }
}
