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
  private let admission: Admission
  let logs: ServiceLogs
  private let reindexing: Reindexing?
  private let options: SearchServer.Options
  private let origins: Set<String>
  private let dialects: [any DialectRoutes]
  private let logger: Logger

  init(
    _ index: ServedIndex, workers: WorkerPool, logs: ServiceLogs,
    reindexing: Reindexing?, options: SearchServer.Options, logger: Logger
  ) {
    self.index = index
    self.workers = workers
    self.logs = logs
    self.reindexing = reindexing
    self.options = options
    admission = Admission(options.operation)
    origins = Set(options.origins.map(\.description))
    dialects = Dialect.allCases.filter(options.dialects.contains).map { $0.routes(options.indexNames) }
    self.logger = logger
  }

  private var limits: ServiceLimits { options.limits }

  /// Where a request goes.
  private enum Destination {
    case own(Route)
    case dialect(any DialectRoutes, DialectRoute)

    var label: String {
      switch self {
      case .own(let route): route.rawValue
      case .dialect(_, let route): route.label
      }
    }

    var isMeasured: Bool {
      switch self {
      case .own(let route): route.isMeasured
      case .dialect(_, let route): route.readsIndex
      }
    }

    var methods: String {
      switch self {
      case .own(.hook): "POST, OPTIONS"
      case .own: Endpoint.methods
      case .dialect: "GET, HEAD, POST, OPTIONS"
      }
    }
  }

  /// Ours come first; a path with parts in it can only be a dialect's.
  private func destination(of path: String) -> Destination? {
    if let route = Route(rawValue: path) { return .own(route) }
    for dialect in dialects {
      if let route = dialect.route(of: path) { return .dialect(dialect, route) }
    }
    return nil
  }

  /// Whether the body of a request is wanted: on routes that take one, when its size is known and not too large.
  func takesBody(_ request: HTTPRequest) -> Bool {
    guard request.hasBody, ![.get, .head, .options].contains(request.method),
      request.headerFields[.transferEncoding] == nil,
      let length = request.headerFields[.contentLength].flatMap({ Int($0) }),
      (0...limits.bodyBytes).contains(length), let path = request.path
    else { return false }
    switch destination(of: String(path.prefix { $0 != "?" })) {
    case .dialect: return true
    case .own(let route): return route == .hook && isThere(route)
    case nil: return false
    }
  }

  /// Answers a request: at once, or from another thread when a search is needed.
  ///
  /// - Parameters:
  ///   - body: all of it; nil where none is taken.
  ///   - peer: who has connected.
  func answer(
    _ request: HTTPRequest, body: [UInt8]? = nil, from peer: ClientAddress? = nil, _ send: @escaping Finish
  ) {
    let start = ContinuousClock.now
    let client = admission.client(of: request, from: peer)
    let target = Result { () throws(ServiceError) in try RequestTarget(request.path ?? "", limits: limits) }
    let destination = (try? target.get()).flatMap { self.destination(of: $0.path) }
    let finish: Finish = { [self] reply in
      var reply = reply
      // After CONNECT, or a body that nobody reads, the bytes are no HTTP any more.
      if request.hasBody && body == nil || request.method == .connect { reply.fields[.connection] = "close" }
      allow(request.headerFields[.origin], methods: destination?.methods, in: &reply)
      let duration = ContinuousClock.now - start
      metrics.answered(
        destination?.label, isMeasured: destination?.isMeasured ?? false, status: reply.status.code,
        in: duration)
      logs.answered(request, from: client, route: destination?.label, reply, in: duration)
      send(reply)
    }
    do {
      let target = try target.get()
      try admission.admit(request, target, from: client)
      switch destination {
      case .own(let route):
        guard isThere(route) else { throw ServiceError.notFound }
        switch request.method {
        case .post where route == .hook: finish(try hook(request, body))
        case _ where route == .hook && request.method != .options: throw ServiceError.methodNotAllowed
        case .get, .head:
          guard !request.hasBody else { throw ServiceError.bodyNotAllowed }
          try answer(route, target, request, finish)
        case .options: finish(preflight(destination))
        default: throw ServiceError.methodNotAllowed
        }
      case .dialect(let dialect, let route):
        if request.method == .options { return finish(preflight(destination)) }
        let call = DialectCall(request: request, target: target, body: body)
        answer(call, by: dialect, route, finish)
      case nil: throw ServiceError.notFound
      }
    } catch { finish(failure(error, destination)) }
  }

  /// Says no, in the words of whom the route is for.
  private func failure(_ error: any Error, _ destination: Destination?) -> Reply {
    let error = explain(error, destination?.label)
    guard case .dialect(let dialect, _) = destination, var reply = dialect.failure(error) else {
      return .failure(error)
    }
    reply.describe(error)
    return reply
  }

  /// Answers a client of another engine, in its words also when something is wrong.
  private func answer(
    _ call: DialectCall, by dialect: any DialectRoutes, _ route: DialectRoute, _ finish: @escaping Finish
  ) {
    let reply: @Sendable (Result<Reply, any Error>) -> Reply = { [self] result in
      switch result {
      case .success(let reply): return fresh(reply)
      case .failure(let error):
        if let reply = dialect.failure(error) { return reply }
        let error = explain(error, route.label)
        return dialect.failure(error) ?? .failure(error)
      }
    }
    let commit = index.current
    let acceptsGzip = Gzip.isAccepted(by: call.request.headerFields[.acceptEncoding])
    if call.request.hasBody, call.body == nil {
      return finish(reply(.failure(refusal(ofBody: call.request))))
    }
    guard route.readsIndex else {
      return finish(reply(Result { try dialect.answer(call, commit, .none) }))
    }
    workers.submit(
      { deadline in
        var reply = try dialect.answer(call, commit, deadline)
        reply.compress(for: acceptsGzip)
        return reply
      }, then: { finish(reply($0)) })
  }

  /// Why the body of a dialect's request was not taken.
  private func refusal(ofBody request: HTTPRequest) -> ServiceError {
    if [.get, .head].contains(request.method) { return .bodyNotAllowed }
    return request.headerFields[.transferEncoding] != nil ? .lengthRequired : .bodyTooLarge
  }

  private func isThere(_ route: Route) -> Bool {
    switch route {
    case .metrics: options.hasMetrics
    case .hook: reindexing != nil
    default: true
    }
  }

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
    case .hook: throw ServiceError.methodNotAllowed
    case .script: finish(asset(.script, request))
    case .style: finish(asset(.style, request))
    case .interfaceDescription: finish(asset(.interface, request))
    case .browserDescription: finish(try browserDescription(request))
    }
  }

  /// What to tell the client; a failure of ours goes to the log, with the details that stay here.
  private func explain(_ error: any Error, _ path: String?) -> ServiceError {
    if let error = ServiceError(error) { return error }
    logger.error("request failed", metadata: ["path": "\(path ?? "none")", "reason": "\(error)"])
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
        .reply(explain(error, Route.page.rawValue))
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
    answerFromCommit(request) { commit, _ in
      let found = try commit.complete(text, limit: limit)
      return isForBrowser ? BrowserDescription.suggestions(found) : .json(found.json())
    } then: { [self] result in
      finish(reply(result, .suggest))
    }
  }

  private func reply(_ result: Result<Reply, any Error>, _ route: Route) -> Reply {
    switch result {
    case .success(let reply): reply
    case .failure(let error): .failure(explain(error, route.rawValue))
    }
  }

  /// An answer from one commit, 304 when the client has it already, or one that was given before.
  ///
  /// - Parameters:
  ///   - language: what the answer depends on beside the address.
  ///   - make: makes the answer, on one of the threads that search.
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
        reply.fields[.eTag] = tag.description
        reply.fields[.cacheControl] = "no-cache"
        reply.compress(for: acceptsGzip)
        commit.answers.store(reply, named: name)
        return reply
      }, then: finish)
  }

  // MARK: Everything else

  /// Whether this server should get requests: it does not while its queue is full.
  private func readiness() throws -> Reply {
    guard !workers.isFull else { throw ServiceError.overloaded }
    return fresh(.json(index.current.health))
  }

  /// Asks for a run of the indexer; the answer does not wait for it.
  private func hook(_ request: HTTPRequest, _ body: [UInt8]?) throws -> Reply {
    guard let reindexing, let webhook = options.operation.webhook else { throw ServiceError.notFound }
    guard let body = request.hasBody ? body : [] else { throw refusal(ofBody: request) }
    guard webhook.isSigned(body, by: request.headerFields[.xHubSignature]) else {
      throw ServiceError.unsigned
    }
    reindexing.request()
    return fresh(Reply(status: .accepted))
  }

  private func metricsText() -> Reply {
    let text = PrometheusText(metrics, index.current, workers, logs, reindexing).text
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

  private func preflight(_ destination: Destination?) -> Reply {
    var reply = Reply(status: .noContent)
    reply.fields[.allow] = destination?.methods
    return reply
  }

  /// Fields that scripts of other sites may send: what revalidates, and what clients of dialects bring.
  private static let requestFields =
    "If-None-Match, Authorization, Content-Type, X-Meilisearch-Client, X-Meili-API-Key, Meili-Include-Metadata, "
    + "X-Algolia-Application-Id, X-Algolia-API-Key, X-Algolia-Agent"

  /// Lets the pages of the origins that were named read the answer; nobody else's, and never with cookies.
  private func allow(_ origin: String?, methods: String?, in reply: inout Reply) {
    guard !origins.isEmpty else { return }
    reply.vary(on: "Origin")
    guard let origin, origins.contains(origin) else { return }
    reply.fields[.accessControlAllowOrigin] = origin
    if reply.status == .noContent {
      reply.fields[.accessControlAllowMethods] = methods
      reply.fields[.accessControlAllowHeaders] = Self.requestFields
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
