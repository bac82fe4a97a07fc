package import ContentIngest
package import IndexFormat

/// What one run of `search index` found and did.
package struct RunReport: Sendable {
  /// Files with content that the walk found, those that give nothing included.
  package var fileCount = 0
  /// Of them, those that are indexed: not named as a whole among `skipped`.
  package var indexedFileCount = 0
  /// Files whose bytes were read and taken apart.
  package var readFileCount = 0
  package var newFiles: [String] = []
  package var changedFiles: [String] = []
  package var goneFiles: [String] = []
  /// Files and folders that an ignore file left out.
  package var ignoredCount = 0

  package var addedEntryCount = 0
  package var replacedEntryCount = 0
  package var deletedEntryCount = 0

  /// Everything that gives no entry, also of files that were not read again.
  package var skipped: [SkippedInput] = []
  /// Nil when only what changed was read.
  package var rebuildReason: RebuildReason?
  /// The state of the index after the run; nil when nothing was to be published.
  package var commit: Commit?
  package var isNewCommit = false
  /// What a watcher has to watch to hear of every change.
  package var watchedFolders: [String] = []

  package init() {}

  /// Whether the content differs from what the index was made from.
  package var hasChanges: Bool { !newFiles.isEmpty || !changedFiles.isEmpty || !goneFiles.isEmpty }
}
