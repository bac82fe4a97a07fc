import IndexStorage
import SiteConfiguration
import SiteIndexing

extension IndexCommand {
  private struct Stopped: Error {}

  /// Runs again whenever a file or the configuration changes, until a signal ends it.
  func runAgainAndAgain() throws {
    let signals = try EndSignals()
    let watcher = FolderWatcher()
    var known: SourceList?
    var isFirst = true
    while true {
      let start = ContinuousClock.now
      var isComplete = true
      do {
        let settings = try options.readSettings()
        // Other runs may give the index other sources: they are theirs.
        var sources =
          try (settings.sources.isEmpty ? known : nil)
          ?? SourceList(paths: paths, stdin: false, settings: settings)
        // What comes through standard input while we watch is not ours to take away.
        if !isFirst { sources.keepsStandardInput = true }
        let report = try update(sources, settings, isFull: full && isFirst) {
          if signals.haveCome { throw Stopped() }
        }
        if isFirst || report.isNewCommit { try tell(report, sources, settings, since: start) }
        // What was changed before its folder was watched would not be heard of.
        isComplete = !watcher.watch(report.watchedFolders + [settings.folder ?? "."])
        isFirst = false
        known = sources
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
