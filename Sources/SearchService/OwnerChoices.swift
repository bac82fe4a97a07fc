package import QueryEngine
package import TextAnalysis

/// What the owner of the site says about words and order.
package struct OwnerChoices: Sendable {
  package var analysis: AnalysisOptions
  package var search: SearchOptions

  package init(analysis: AnalysisOptions = AnalysisOptions(), search: SearchOptions = SearchOptions()) {
    self.analysis = analysis
    self.search = search
  }
}
