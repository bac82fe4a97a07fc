import HTTPTypes
import IndexFormat
import Logging
import QueryEngine
import SearchModel

/// Routes, and what every answer has in common. Knows no connection: a request in, a reply out.
final class Endpoint: Sendable {
  static let methods = "GET, HEAD, OPTIONS"

  /// Takes the reply to a request, once, on whatever thread has it.
  typealias Finish = @Sendable (Reply) -> Void

  let metrics = ServiceMetrics()
  private let index: ServedIndex
  private let workers: WorkerPool
  private let housekeeping: Housekeeping
  private let admission: Admission
  let logs: ServiceLogs
  private let options: SearchServer.Options
  private let origins: Set<String>
  private let logger: Logger

  init(
    _ index: ServedIndex, workers: WorkerPool, housekeeping: Housekeeping, logs: ServiceLogs,
    options: SearchServer.Options, logger: Logger
  ) {
    self.index = index
    self.workers = workers
    self.housekeeping = housekeeping
    self.logs = logs
    self.options = options
    admission = Admission(options.operation)
    origins = Set(options.origins.map(\.description))
    self.logger = logger
  }

  private var limits: ServiceLimits { options.limits }

  /// Answers a request: at once, or from another thread when a search is needed.
  ///
  /// - Parameter peer: who has connected.
  func answer(_ request: HTTPRequest, from peer: ClientAddress? = nil, _ send: @escaping Finish) {
    let start = ContinuousClock.now
    let client = admission.client(of: request, from: peer)
    let target = Result { () throws(ServiceError) in try RequestTarget(request.path ?? "", limits: limits) }
    let route = (try? target.get()).flatMap { Route(rawValue: $0.path) }
    let finish: Finish = { [self] reply in
      var reply = reply
      // After CONNECT the bytes are no HTTP any more.
      if request.hasBody || request.method == .connect { reply.fields[.connection] = "close" }
      allow(request.headerFields[.origin], in: &reply)
      let duration = ContinuousClock.now - start
      metrics.answered(route, status: reply.status.code, in: duration)
      logs.answered(request, from: client, route: route?.rawValue, reply, in: duration)
      send(reply)
    }
    do {
      let target = try target.get()
      try admission.admit(request, target, from: client)
      guard let route, isThere(route) else { throw ServiceError.notFound }
      switch request.method {
      case .get, .head:
        guard !request.hasBody else { throw ServiceError.bodyNotAllowed }
        try answer(route, target, request, finish)
      case .options: finish(preflight())
      default: throw ServiceError.methodNotAllowed
      }
    } catch { finish(.failure(explain(error, route))) }
  }

  private func isThere(_ route: Route) -> Bool { route != .metrics || options.hasMetrics }

  private func answer(
    _ route: Route, _ target: RequestTarget, _ request: HTTPRequest, _ finish: @escaping Finish
  ) throws {
    switch route {
    case .search: try search(target, request, finish)
    case .suggest: try suggest(target, request, finish)
    case .page: page(target, request, finish)
    case .health: finish(fresh(.json(index.current.health)))
    case .readiness: finish(try readiness())
    case .metrics: finish(metricsText())
    case .script: finish(asset(.script, request))
    case .style: finish(asset(.style, request))
    case .interfaceDescription: finish(asset(.interface, request))
    case .browserDescription: finish(try browserDescription(request))
    }
  }

  /// What to tell the client; a failure of ours goes to the log, with the details that stay here.
  private func explain(_ error: any Error, _ route: Route?) -> ServiceError {
    if let error = ServiceError(error) { return error }
    logger.error(
      "request failed", metadata: ["path": "\(route?.rawValue ?? "none")", "reason": "\(error)"])
    return .internal
  }

  // MARK: Searches

  private func search(_ target: RequestTarget, _ request: HTTPRequest, _ finish: @escaping Finish) throws {
    let query = try target.searchRequest(text: try target.queryText())
    let isTyping = try target.isTyping()
    answerFromCommit(request) { commit, deadline in
      let results =
        isTyping
        ? try commit.search(typing: query, deadline: deadline)
        : try commit.search(query, deadline: deadline)
      var reply = Reply.json(results.json())
      reply.finding = Finding(results, isFirstPage: query.offset == 0, isTyping: isTyping)
      return reply
    } then: { [self] result in
      finish(reply(result, .search))
    }
  }

  private func page(_ target: RequestTarget, _ request: HTTPRequest, _ finish: @escaping Finish) {
    let texts = PageTexts(accepting: request.headerFields[.acceptLanguage])
    let failed: @Sendable (any Error) -> Reply = { [self] error in
      SearchPage(texts, SearchRequest(text: (try? target.value(of: "q")) ?? ""), nil)
        .reply(explain(error, .page))
    }
    do {
      let query = try target.searchRequest(text: try target.value(of: "q") ?? "", facets: SearchPage.facets)
      answerFromCommit(request, varying: texts.language) { commit, deadline in
        guard !query.text.isEmpty || !query.filters.isEmpty else {
          return SearchPage(texts, query, nil).reply()
        }
        let results = try commit.search(typing: query, deadline: deadline)
        var reply = SearchPage(texts, query, results).reply()
        reply.finding = Finding(results, isFirstPage: query.offset == 0, isTyping: false)
        return reply
      } then: { result in
        switch result {
        case .success(let reply): finish(reply)
        case .failure(let error): finish(failed(error))
        }
      }
    } catch { finish(failed(error)) }
  }

  private func suggest(_ target: RequestTarget, _ request: HTTPRequest, _ finish: @escaping Finish) throws {
    let text = try target.queryText()
    let limit = try target.limit()
    let isForBrowser = try target.isForBrowser()
    suggest(until: .now + limits.queryTime, request, finish) { commit, _ in
      guard let found = try commit.complete(text, limit: limit) else { throw ServiceError.notReady }
      var reply = isForBrowser ? BrowserDescription.suggestions(found) : .json(found.json())
      // While the table of a new commit is being built, the one before answers.
      if found.commit != commit.snapshot.commit.number { reply.fields[.cacheControl] = "no-store" }
      return reply
    }
  }

  /// The very first question waits for the table.
  private func suggest(
    until end: ContinuousClock.Instant, _ request: HTTPRequest, _ finish: @escaping Finish,
    _ make: @escaping @Sendable (ServedCommit, Deadline) throws -> Reply
  ) {
    housekeeping.prepareCompletions(of: index.current)
    answerFromCommit(request, make) { [self] result in
      if case .failure(let error as ServiceError) = result, error == .notReady, ContinuousClock.now < end {
        Task {
          try? await Task.sleep(for: .milliseconds(20))
          suggest(until: end, request, finish, make)
        }
      } else {
        finish(reply(result, .suggest))
      }
    }
  }

  private func reply(_ result: Result<Reply, any Error>, _ route: Route) -> Reply {
    switch result {
    case .success(let reply): reply
    case .failure(let error): .failure(explain(error, route))
    }
  }

  /// An answer from one commit, 304 when the client has it already, or one that was given before.
  ///
  /// - Parameters:
  ///   - language: what the answer depends on beside the address.
  ///   - make: makes the answer, on one of the threads that search. One with `Cache-Control` is not kept.
  private func answerFromCommit(
    _ request: HTTPRequest, varying language: String? = nil,
    _ make: @escaping @Sendable (ServedCommit, Deadline) throws -> Reply,
    then finish: @escaping @Sendable (Result<Reply, any Error>) -> Void
  ) {
    let commit = index.current
    let acceptsGzip = Gzip.isAccepted(by: request.headerFields[.acceptEncoding])
    let subject = (language ?? "") + " " + (request.path ?? "")
    let name = (acceptsGzip ? "gzip " : "plain ") + subject
    let tag = EntityTag(content: commit.identity ^ PageAsset.version, request: subject)
    if tag.isNamed(in: request.headerFields[.ifNoneMatch]) {
      var reply = Reply.unchanged(tag)
      reply.finding = commit.answers.reply(named: name)?.finding
      if language != nil { reply.vary(on: "Accept-Language") }
      reply.vary(on: "Accept-Encoding")
      return finish(.success(reply))
    }
    if let reply = commit.answers.reply(named: name) {
      metrics.cacheHit()
      return finish(.success(reply))
    }
    workers.submit(
      { deadline in
        var reply = try make(commit, deadline)
        let isKept = reply.fields[.cacheControl] == nil
        if isKept {
          reply.fields[.eTag] = tag.description
          reply.fields[.cacheControl] = "no-cache"
        }
        reply.compress(for: acceptsGzip)
        if isKept { commit.answers.store(reply, named: name) }
        return reply
      }, then: finish)
  }

  // MARK: Everything else

  /// Whether this server should get requests: it does not while its queue is full.
  private func readiness() throws -> Reply {
    guard !workers.isFull else { throw ServiceError.overloaded }
    return fresh(.json(index.current.health))
  }

  private func metricsText() -> Reply {
    let text = PrometheusText(metrics, index.current, workers, logs).text
    return fresh(Reply(type: PrometheusText.type, body: Array(text.utf8)))
  }

  private func browserDescription(_ request: HTTPRequest) throws -> Reply {
    guard let base = options.baseURL ?? BaseURL(host: request.authority) else { throw ServiceError.noHost }
    let texts = PageTexts(accepting: request.headerFields[.acceptLanguage])
    return fresh(BrowserDescription.reply(base, texts))
  }

  private func asset(_ asset: PageAsset, _ request: HTTPRequest) -> Reply {
    asset.reply(
      acceptsGzip: Gzip.isAccepted(by: request.headerFields[.acceptEncoding]),
      known: request.headerFields[.ifNoneMatch])
  }

  /// A reply that holds for this moment only.
  private func fresh(_ reply: Reply) -> Reply {
    var reply = reply
    reply.fields[.cacheControl] = "no-store"
    return reply
  }

  private func preflight() -> Reply {
    var reply = Reply(status: .noContent)
    reply.fields[.allow] = Self.methods
    return reply
  }

  /// Lets the pages of the origins that were named read the answer; nobody else's, and never with cookies.
  private func allow(_ origin: String?, in reply: inout Reply) {
    guard !origins.isEmpty else { return }
    reply.vary(on: "Origin")
    guard let origin, origins.contains(origin) else { return }
    reply.fields[.accessControlAllowOrigin] = origin
    if reply.status == .noContent {
      reply.fields[.accessControlAllowMethods] = Self.methods
      reply.fields[.accessControlAllowHeaders] = "Authorization, If-None-Match"
      reply.fields[.accessControlMaxAge] = "600"
    }
  }
}

extension HTTPRequest {
  /// Whether a body comes after the header.
  var hasBody: Bool {
    headerFields[.transferEncoding] != nil || !["0", nil].contains(headerFields[.contentLength])
  }
}
