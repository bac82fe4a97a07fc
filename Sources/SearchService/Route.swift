/// What can be asked for; the raw value is the path. Paths are compared byte by byte.
enum Route: String, CaseIterable, Sendable {
  case search = "/search"
  case suggest = "/suggest"
  case page = "/"
  case health = "/healthz"
  case readiness = "/readyz"
  case metrics = "/metrics"
  case hook = "/_hook"
  case script = "/search.js"
  case style = "/search.css"
  case browserDescription = "/opensearch.xml"
  case interfaceDescription = "/openapi.json"

  /// Whether an answer takes long enough to be worth measuring.
  var isMeasured: Bool { self == .search || self == .suggest || self == .page }
}
