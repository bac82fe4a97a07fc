/// A text of any value, equal for equal values.
enum StableText {
  /// Sets and dictionaries print in another order each time, also inside of other values.
  static func of(_ value: Any) -> String {
    // Most parts are texts; the runtime takes long to find out how something else describes itself.
    if let text = value as? String { return text }
    let mirror = Mirror(reflecting: value)
    let parts = mirror.children.map { ($0.label.map { $0 + ": " } ?? "") + of($0.value) }
    switch mirror.displayStyle {
    case .set, .dictionary: return "{" + parts.sorted().joined(separator: ", ") + "}"
    case .enum: return mirror.children.isEmpty ? "\(value)" : "(" + parts.joined(separator: ", ") + ")"
    default: return parts.isEmpty ? "\(value)" : "(" + parts.joined(separator: ", ") + ")"
    }
  }
}
