/// How much of everything the endpoint takes on.
struct ServiceLimits: Sendable {
  /// Bytes of path and query as sent.
  var targetBytes = 8 << 10
  /// Bytes of all header fields.
  var headerBytes = 16 << 10
  var headerFields = 100
  /// Bytes of a body, on routes that take one.
  var bodyBytes = 64 << 10
  /// From the end of the header to the end of the body.
  var bodyTime = Duration.seconds(10)
  /// From the first byte of a request to the end of its header.
  var headTime = Duration.seconds(10)
  /// Without a request, or without any progress in sending an answer.
  var idleTime = Duration.seconds(30)
  /// How long a refused client may still talk before the connection is cut, so that it can read the refusal.
  var lingerTime = Duration.seconds(2)
  /// Searches that wait for a thread.
  var queueLength = 64
  /// From the arrival of a request to its answer, waiting included.
  var queryTime = Duration.seconds(1)
  /// For the requests that are under way when the server is told to stop.
  var drainTime = Duration.milliseconds(4_500)
  /// When a run that was asked for begins.
  var reindexing = Reindexing.Timing()
  /// How often the index is looked at for a new commit.
  var pollInterval = Duration.milliseconds(250)
  /// An index up to this size is read and checked in full before it is served; of a larger one, each page when
  /// it is first used.
  var checkedBytes = 1 << 30

  /// Answers of the served commit that are kept to be given again; 0 for none.
  var cacheBytes = 16 << 20

  init() {}
}
