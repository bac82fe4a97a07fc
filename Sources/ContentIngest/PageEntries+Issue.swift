/// The number of an issue, which readers know it by.
extension PageEntries {
  /// The title of a digest with the number that its front matter (`issue: 45`) or its file's name
  /// (`weekly-45.md`) gives: `周刊（第 45 期）`, `Weekly #45`.
  var numberedTitle: String {
    guard let issue = front.issue ?? Self.issue(ofFile: name) else { return title }
    let numbers = title.split { !$0.isASCII || !$0.isNumber }
    // A title with a number has its own; only the front matter may know another.
    if front.issue == nil ? !numbers.isEmpty || !titleIsShown : numbers.contains(Substring(issue)) {
      return title
    }
    return title.unicodeScalars.contains { isHan($0.value) }
      ? "\(title)（第 \(issue) 期）" : "\(title) #\(issue)"
  }

  private static let issueWords = [
    "issue", "weekly", "monthly", "newsletter", "digest", "vol", "volume", "no", "周刊", "周报", "月刊", "月报", "第",
  ]

  /// `docs/weekly-45.md` → `45`; nil for a year, and for names that say no issue.
  private static func issue(ofFile name: String) -> String? {
    var stem = withoutExtension(lastPart(of: name)).lowercased()
    if stem.hasSuffix("期") { stem.removeLast() }
    let digits = stem.reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard (1...4).contains(digits) else { return nil }
    let number = String(stem.suffix(digits).drop { $0 == "0" })
    let before = stem.dropLast(digits).reversed().drop { "-_. #".contains($0) }
    let word = String(before.reversed())
    let known = issueWords.contains { mark in
      guard word.hasSuffix(mark) else { return false }
      // `casino-5` is no issue 5.
      return !(mark.first?.isASCII ?? true) || word.dropLast(mark.count).last.map { !$0.isLetter } ?? true
    }
    guard known, !number.isEmpty, !(digits == 4 && (number.hasPrefix("19") || number.hasPrefix("20"))) else {
      return nil
    }
    return number
  }
}
