import Glibc
import IndexFormat

/// Numbers as Prometheus reads them: text format 0.0.4.
struct PrometheusText {
  static let type = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// - Parameters:
  ///   - kind: `counter`, `gauge` or `histogram`.
  ///   - samples: suffix of the name, labels, value.
  private mutating func metric(
    _ name: String, _ kind: String, _ help: String,
    _ samples: [(suffix: String, labels: [(String, String)], value: String)]
  ) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    for sample in samples {
      // Labels are ours: nothing in them has to be escaped.
      let labels = sample.labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
      text += name + sample.suffix + (labels.isEmpty ? "" : "{\(labels)}") + " \(sample.value)\n"
    }
  }

  private mutating func gauge(_ name: String, _ help: String, _ value: Int) {
    metric(name, "gauge", help, [("", [], "\(value)")])
  }

  private mutating func counter(_ name: String, _ help: String, _ value: Int) {
    metric(name, "counter", help, [("", [], "\(value)")])
  }

  init(
    _ metrics: ServiceMetrics, _ commit: ServedCommit, _ workers: WorkerPool, _ logs: ServiceLogs,
    _ reindexing: Reindexing?
  ) {
    write(metrics.current)
    gauge("search_connections", "Open connections.", metrics.connectionCount)
    gauge("search_jobs", "Searches that run or wait for a thread.", workers.jobCount)
    gauge("search_jobs_limit", "Searches that may run or wait; more are refused.", workers.capacity)
    gauge("search_commit", "Number of the commit that is served.", commit.snapshot.commit.number)
    gauge("search_entries", "Entries of that commit.", commit.snapshot.entryCount)
    gauge("search_segments", "Segments of that commit.", commit.snapshot.segments.count)
    gauge(
      "search_index_bytes", "Bytes of its segment files.",
      commit.snapshot.segments.reduce(0) { $0 + $1.file.byteCount })
    gauge("search_cache_bytes", "Bytes of answers kept for that commit.", commit.answers.byteCount)
    if !logs.droppedLines.isEmpty {
      metric(
        "search_log_lines_dropped_total", "counter", "Lines that a log has lost.",
        logs.droppedLines.map { ("", [("log", $0.name)], "\($0.count)") })
    }
    if let counts = reindexing?.counts {
      metric(
        "search_webhook_runs_total", "counter", "Runs of the indexer that a webhook has asked for.",
        [
          ("", [("outcome", "success")], "\(counts.successes)"),
          ("", [("outcome", "failure")], "\(counts.failures)"),
        ])
    }
    writeProcess(startedAt: metrics.startTime)
  }

  private mutating func write(_ state: ServiceMetrics.State) {
    metric(
      "search_requests_total", "counter", "Answers by path and status.",
      state.outcomes.sorted { $0.key < $1.key }.map { outcome, count in
        ("", [("path", outcome.path ?? "none"), ("status", "\(outcome.status)")], "\(count)")
      })
    let durations = state.durations.sorted { $0.key < $1.key }
    metric(
      "search_request_duration_seconds", "histogram", "From the arrival of a request to its answer.",
      durations.flatMap { path, histogram in
        let path = ("path", path)
        var total = 0
        var samples: [(String, [(String, String)], String)] = []
        for (bound, count) in zip(ServiceMetrics.bounds, histogram.counts) {
          total += count
          samples.append(("_bucket", [path, ("le", "\(bound)")], "\(total)"))
        }
        total += histogram.counts.last ?? 0
        samples.append(("_bucket", [path, ("le", "+Inf")], "\(total)"))
        samples.append(("_sum", [path], "\(histogram.sum)"))
        samples.append(("_count", [path], "\(total)"))
        return samples
      })
    counter("search_cache_hits_total", "Answers that were given before.", state.cacheHits)
  }

  /// What Prometheus' own libraries tell of a process, under the same names.
  private mutating func writeProcess(startedAt start: Int) {
    gauge("process_start_time_seconds", "Start of the process, in seconds since 1970.", start)
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      let seconds = [usage.ru_utime, usage.ru_stime].reduce(0.0) {
        $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6
      }
      metric(
        "process_cpu_seconds_total", "counter", "CPU time of all threads, in seconds.",
        [("", [], "\(seconds)")])
    }
    if let bytes = Self.residentByteCount {
      gauge("process_resident_memory_bytes", "Memory in use, mapped index pages among it.", bytes)
    }
    if let count = Self.descriptorCount { gauge("process_open_fds", "Open file descriptors.", count) }
  }

  private static var residentByteCount: Int? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  private static var descriptorCount: Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      // `.`, `..` and the descriptor of this folder itself are none of the process's.
      if withUnsafeBytes(of: entry.pointee.d_name, { $0.first }) != UInt8(ascii: ".") { count += 1 }
    }
    return count - 1
  }
}
