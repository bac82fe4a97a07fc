import IndexFormat
import SearchModel

/// Keeps one page from filling an answer with its sections.
struct PageLimit {
  /// Entries of one page.
  private let most: Int
  private let segments: [SegmentReader]
  private var counts: [String: Int] = [:]

  init(_ most: Int, segments: [SegmentReader]) {
    self.most = most
    self.segments = segments
  }

  /// Whether there is room for another entry of the page that this one is of; the best come first.
  ///
  /// A section's page is its id without the anchor; what is no section is of no other entry's page but its own.
  mutating func admits(_ ranked: RankedDocument) throws -> Bool {
    let segment = segments[ranked.segment]
    let document = Int(ranked.document)
    var page = try segment.keys.id(of: document)
    if try segment.facet(.kind).values(of: document).first == Entry.Kind.heading.name,
      let sign = page.firstIndex(of: "#")
    {
      page = String(page[..<sign])
    }
    counts[page, default: 0] += 1
    return counts[page, default: 0] <= most
  }
}
