/// The names of what adds to a score, as `search explain` prints them.
package enum ScoreFeatures {
  package static let names =
    Feature.Role.allCases.map(\.rawValue) + Adjacency.Role.allCases.map(\.rawValue) + [WholeTitles.role]
}
