import IndexFormat

/// What a window's documents are to one part of a query.
struct PartMatches {
  /// Documents that hold the part.
  var held = DocumentWindow()
  /// Of those, the ones where it stands literally.
  var literal = DocumentWindow()
  /// Of those, the ones where it stands literally in the title.
  var title = DocumentWindow()
}

/// Finds the documents of one segment that hold one part of a query, window by window.
///
/// A base class rather than a protocol: one virtual call per window, none per document. Windows ascend.
class PartMatcher {
  /// Upper bound of the documents that match; the smallest is asked first.
  var cost: Int { 0 }

  /// A document at or after `document` before which none matches; `PostingsCursor.end` when none is left.
  func nextCandidate(from document: UInt32) throws -> UInt32 { PostingsCursor.end }

  /// The matches in the window that starts at `base`, among `candidates` (all that are set there count).
  func match(window base: UInt32, among candidates: DocumentWindow) throws -> PartMatches {
    PartMatches()
  }

  /// Keeps in `held` the documents of the window that hold the part; for those who do not ask where it stands.
  func holds(window base: UInt32, in held: inout DocumentWindow) throws {
    held = try match(window: base, among: held).held
  }

  /// Adds to `held` the documents of the window that hold the part, and maybe some that are not in `candidates`.
  func fill(_ held: inout DocumentWindow, window base: UInt32, among candidates: DocumentWindow) throws {
    held.formUnion(try match(window: base, among: candidates).held)
  }
}
