import TextAnalysis

/// Tokens as text, so that a table of cases can be read: `0 han 多`, `0 pair 多集`, `2 latin k8s`.
func described(_ text: String) throws -> [String] {
  let analyzer = try Analyzer()
  var buffer = TokenBuffer()
  analyzer.analyze(text, into: &buffer)
  return buffer.tokens.map {
    "\($0.position) \(name($0.kind)) \(String(decoding: buffer.term(of: $0), as: UTF8.self))"
  }
}

func name(_ kind: TokenKind) -> String {
  switch kind {
  case .han: "han"
  case .hanPair: "pair"
  case .latin: "latin"
  case .stem: "stem"
  case .form: "form"
  }
}

/// Terms of one kind, in order.
func terms(_ kind: TokenKind, of text: String) throws -> [String] {
  let analyzer = try Analyzer()
  var buffer = TokenBuffer()
  analyzer.analyze(text, into: &buffer)
  return buffer.tokens.filter { $0.kind == kind }.map { String(decoding: buffer.term(of: $0), as: UTF8.self) }
}
