import IndexFormat

/// Sorted terms of several sources, cut into parts of about a megabyte that the threads of a crew work on side by side.
struct TermParts {
  private static let marksPerPart = 16

  private let sources: [TermSource]
  private let documentCount: Int

  init(_ sources: [TermSource], documentCount: Int) {
    self.sources = sources
    self.documentCount = documentCount
  }

  /// Makes something of the terms of each part, on any thread, and hands it over in the order of keys.
  ///
  /// - Parameters:
  ///   - make: gets the terms of a part, to be walked to their end, and the number of the thread.
  func each<Made>(
    by crew: WorkCrew, _ make: @escaping @Sendable (_ terms: inout TermMerge, _ lane: Int) throws -> Made,
    _ take: (Made) throws -> Void
  ) throws {
    let bounds = bounds()
    let parts = (0...bounds.count).map { number in
      Part<Made>(
        lower: number == 0 ? nil : bounds[number - 1], upper: number == bounds.count ? nil : bounds[number])
    }
    let (sources, documentCount) = (sources, documentCount)
    var pieces: [WorkCrew.Piece] = []
    for number in parts.indices {
      while pieces.count < parts.count, pieces.count <= number + 2 * crew.threadCount {
        let part = parts[pieces.count]
        pieces.append(
          crew.submit { lane in
            part.make {
              var terms = try TermMerge(
                sources, from: part.lower, to: part.upper, documentCount: documentCount)
              defer { terms.forget() }
              return try make(&terms, lane)
            }
          })
      }
      crew.wait(for: pieces[number])
      do { if let made = try parts[number].take() { try take(made) } } catch {
        crew.finish()
        throw error
      }
    }
  }

  /// Keys between which parts lie.
  private func bounds() -> [[UInt8]] {
    let keys = sources.flatMap { $0.marks.map(\.key) }.sorted { $0.lexicographicallyPrecedes($1) }
    var bounds: [[UInt8]] = []
    for i in stride(from: Self.marksPerPart, to: keys.count, by: Self.marksPerPart)
    where bounds.last != keys[i] {
      bounds.append(keys[i])
    }
    return bounds
  }

  /// A part on its way.
  ///
  /// `@unchecked Sendable`: its piece of work alone writes it, and the crew hands that over (`WorkCrew.wait`).
  private final class Part<Made>: @unchecked Sendable {
    let lower: [UInt8]?
    let upper: [UInt8]?
    private var made: Result<Made, any Error>?

    init(lower: [UInt8]?, upper: [UInt8]?) {
      self.lower = lower
      self.upper = upper
    }

    func make(_ body: () throws -> Made) { made = Result(catching: body) }

    func take() throws -> Made? {
      defer { made = nil }
      return try made?.get()
    }
  }
}
