/// Why a run reads every file although there might have been less to do.
package enum RebuildReason: Error, Equatable, Sendable {
  case firstRun
  case asked
  /// The pointer, or the record of what was read, is damaged or of another version.
  case unreadable(String)
  /// The index was made by a program that kept no record.
  case noRecord
  case otherAnalyzer
  /// A setting that decides what is made of a file has another value; its name.
  case otherSetting(String)
  /// A page with a day of publication or expiry has come to it.
  case otherDay
  /// The names of the files are relative to another folder.
  case otherRoot
  /// Most of the content is new or changed, and building anew costs less.
  case mostChanged

  /// What to say to the user; nil when there is nothing to explain.
  package var sentence: String? {
    switch self {
    case .firstRun, .asked, .mostChanged: nil
    case .unreadable(let problem): "\(problem); everything is read again"
    case .noRecord: "the index does not tell what it was made from; everything is read again"
    case .otherAnalyzer: "the rules that cut texts into words have changed; everything is read again"
    case .otherSetting(let name): "the \(name) has changed; everything is read again"
    case .otherDay: "pages have come to their day of publication or expiry; everything is read again"
    case .otherRoot: "the sources lie in another folder than before; everything is read again"
    }
  }
}
