import IndexStorage
import SiteIndexing

extension IndexCommand {
  private struct Stopped: Error {}

  /// Runs again whenever a file changes, until a signal ends it.
  func watch(_ sources: SourceList) throws {
    let signals = try EndSignals()
    let watcher = FolderWatcher()
    var sources = sources
    var isFirst = true
    while true {
      let start = ContinuousClock.now
      var isComplete = true
      do {
        let report = try update(sources, isFull: full && isFirst) { if signals.haveCome { throw Stopped() } }
        if isFirst || report.isNewCommit { try tell(report, sources, since: start) }
        // What was changed before its folder was watched would not be heard of.
        isComplete = !watcher.watch(report.watchedFolders)
        isFirst = false
        // What comes through standard input while we watch is not ours to take away.
        sources.keepsStandardInput = true
      } catch is Stopped {
        return
      } catch {
        // At the first run the user is there to read it; later the next change may be the remedy.
        if isFirst, !(error is IndexLockedError) { throw error }
        if let status = ExitStatus(error) { Output.complain(status.message) } else { throw error }
      }
      if isComplete {
        guard watcher.wait(unless: signals.descriptor) == .changed else { return }
      } else if signals.haveCome {
        return
      }
    }
  }
}
