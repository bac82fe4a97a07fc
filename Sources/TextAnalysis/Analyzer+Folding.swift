internal import CICU

extension Analyzer {
  /// Version of the rules of this target: raised with every change of what a text's tokens are.
  package static let rulesVersion = 3

  /// Version of the ICU the folds come from, such as "72.1".
  package static var icuVersion: String { unsafe String(cString: cicu_version()) }

  /// What the tokens of a text depend on, apart from the version of ICU.
  package static var rulesIdentity: String {
    "text-\(rulesVersion) han-\(String(HanFoldTable.hash, radix: 16))"
  }

  /// What the tokens of a text depend on; stored in the index.
  package static var identity: String { "\(rulesIdentity) icu-\(icuVersion)" }

  /// A text in the form in which equal texts are equal bytes: NFKC, case, diacritics, Han fold.
  ///
  /// Keeps white space and punctuation. For values that are compared as a whole, not for search.
  package func foldedKey(of text: String) -> String {
    var result = String.UnicodeScalarView()
    var segment: [UInt32] = []
    func finishSegment() {
      // Nearly every character: alone, and folded to one that the table knows.
      if segment.count == 1 {
        let entry = codePoints.entry(segment[0])
        if entry.isA(.han) || entry.isA(.letter) || entry.isA(.digit),
          let scalar = Unicode.Scalar(entry.folded)
        {
          result.append(scalar)
          segment.removeAll(keepingCapacity: true)
          return
        }
      }
      for folded in Folding.compatibilityFolded(segment) {
        let entry = codePoints.entry(folded)
        if entry.isA(.nothing) { continue }
        // Separators other than connectors have no fold of their own.
        let kept = entry.isA(.separator) && entry.folded == 0x20 ? folded : entry.folded
        if let scalar = Unicode.Scalar(kept) { result.append(scalar) }
      }
      segment.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars {
      let joins = scalar.value >= 0x80 && codePoints.entry(scalar.value).joins
      if !joins || segment.count == Folding.longestSegment { finishSegment() }
      segment.append(scalar.value)
    }
    finishSegment()
    return String(result)
  }
}
