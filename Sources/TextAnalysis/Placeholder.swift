// Placeholder until the first type of TextAnalysis lands.
