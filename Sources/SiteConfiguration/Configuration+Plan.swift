package import ContentIngest
import Glibc

extension Configuration {
  /// What a run over these paths reads: for each the configured source that it is in, else what is detected there.
  package func plan(for paths: [String]) -> ContentPlan {
    var found: [ContentSource] = []
    for path in paths {
      var options = source(around: path)?.options ?? SourceOptions()
      options.baseURL = options.baseURL ?? baseURL
      if let source = SiteDetector.source(around: path, options: options) { found.add(source) }
    }
    return ContentPlan(
      sources: found,
      withoutIgnoreFiles: paths.filter { source(around: $0).map { !$0.obeysIgnoreFiles } ?? false })
  }

  /// The configured source with the longest path that holds this one.
  package func source(around path: String) -> Source? {
    let real = canonical(path)
    return sources.map { (source: $0, path: canonical($0.path)) }
      .filter { real == $0.path || real.hasPrefix($0.path == "/" ? "/" : $0.path + "/") }
      .max { $0.path.utf8.count < $1.path.utf8.count }?.source
  }

  private func canonical(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
