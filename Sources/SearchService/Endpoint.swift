import HTTPTypes
import IndexFormat
import Logging
import QueryEngine
import SearchModel

/// Routes, and what every answer has in common. Knows no connection: a request in, a reply out.
final class Endpoint: Sendable {
  static let methods = "GET, HEAD, OPTIONS"

  private let index: ServedIndex
  private let workers: WorkerPool
  private let housekeeping: Housekeeping
  private let origins: Set<Origin>
  private let limits: ServiceLimits
  private let logger: Logger

  init(
    _ index: ServedIndex, workers: WorkerPool, housekeeping: Housekeeping, origins: [Origin],
    limits: ServiceLimits,
    logger: Logger
  ) {
    self.index = index
    self.workers = workers
    self.housekeeping = housekeeping
    self.origins = Set(origins)
    self.limits = limits
    self.logger = logger
  }

  func reply(to request: HTTPRequest) async -> Reply {
    var reply: Reply
    do { reply = try await route(request) } catch { reply = .failure(explain(error, path: request.path)) }
    // After CONNECT the bytes are no HTTP any more.
    if request.hasBody || request.method == .connect { reply.fields[.connection] = "close" }
    allow(request.headerFields[.origin], in: &reply)
    return reply
  }

  private func route(_ request: HTTPRequest) async throws -> Reply {
    let target = try RequestTarget(request.path ?? "", limits: limits)
    let answer: (RequestTarget, HTTPRequest) async throws -> Reply
    switch target.path {
    case "/search": answer = search
    case "/suggest": answer = suggest
    case "/": answer = page
    case "/healthz": answer = health
    case "/search.js": answer = { [self] in asset(.script, $1) }
    case "/search.css": answer = { [self] in asset(.style, $1) }
    default: throw ServiceError.notFound
    }
    switch request.method {
    case .get, .head:
      guard !request.hasBody else { throw ServiceError.bodyNotAllowed }
      return try await answer(target, request)
    case .options: return preflight(request)
    default: throw ServiceError.methodNotAllowed
    }
  }

  /// What to tell the client; a failure of ours goes to the log, with the details that stay here.
  private func explain(_ error: any Error, path: String?) -> ServiceError {
    if let error = ServiceError(error) { return error }
    logger.error(
      "request failed", metadata: ["path": "\(path?.prefix { $0 != "?" } ?? "")", "reason": "\(error)"])
    return .internal
  }

  // MARK: Routes

  private func search(_ target: RequestTarget, _ request: HTTPRequest) async throws -> Reply {
    let query = try target.searchRequest(text: try target.queryText())
    return try await tagged(request) { [workers] commit in
      .json(try await workers.run { deadline in try commit.search(query, deadline: deadline).json() })
    }
  }

  private func suggest(_ target: RequestTarget, _ request: HTTPRequest) async throws -> Reply {
    let text = try target.queryText()
    let limit = try target.limit()
    return try await tagged(request) { [self] commit in
      housekeeping.prepareCompletions(of: commit)
      let end = ContinuousClock.now + limits.queryTime
      while true {
        if let found = try await workers.run({ _ in try commit.complete(text, limit: limit)?.json() }) {
          return .json(found)
        }
        // The very first question waits for the table.
        guard ContinuousClock.now < end else { throw ServiceError.notReady }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func page(_ target: RequestTarget, _ request: HTTPRequest) async throws -> Reply {
    let texts = PageTexts(accepting: request.headerFields[.acceptLanguage])
    do {
      let query = try target.searchRequest(text: try target.value(of: "q") ?? "", facets: SearchPage.facets)
      return try await tagged(request, varying: texts.language) { [workers] commit in
        guard !query.text.isEmpty || !query.filters.isEmpty else {
          return SearchPage(texts, query, nil).reply()
        }
        return try await workers.run { deadline in
          SearchPage(texts, query, try commit.search(query, deadline: deadline)).reply()
        }
      }
    } catch {
      return SearchPage(texts, SearchRequest(text: (try? target.value(of: "q")) ?? ""), nil)
        .reply(explain(error, path: target.path))
    }
  }

  private func health(_ target: RequestTarget, _ request: HTTPRequest) async throws -> Reply {
    var reply = Reply.json(index.current.health)
    reply.fields[.cacheControl] = "no-store"
    return reply
  }

  private func asset(_ asset: PageAsset, _ request: HTTPRequest) -> Reply {
    let tag = EntityTag(content: asset.checksum, request: "")
    if tag.isNamed(in: request.headerFields[.ifNoneMatch]) { return unchanged(tag) }
    var reply = Reply(type: asset.type, body: asset.bytes)
    reply.fields[.eTag] = tag.description
    reply.fields[.cacheControl] = "no-cache"
    return reply
  }

  // MARK: What answers share

  /// An answer from one commit, or 304 when the client has it already.
  private func tagged(
    _ request: HTTPRequest, varying language: String? = nil,
    _ answer: (ServedCommit) async throws -> Reply
  ) async throws -> Reply {
    let commit = index.current
    let tag = EntityTag(
      content: commit.identity ^ PageAsset.version, request: (language ?? "") + " " + (request.path ?? ""))
    var reply =
      tag.isNamed(in: request.headerFields[.ifNoneMatch]) ? unchanged(tag) : try await answer(commit)
    reply.fields[.eTag] = tag.description
    reply.fields[.cacheControl] = "no-cache"
    if language != nil { reply.fields[.vary] = "Accept-Language" }
    return reply
  }

  private func unchanged(_ tag: EntityTag) -> Reply {
    var reply = Reply(status: .notModified)
    reply.fields[.eTag] = tag.description
    reply.fields[.cacheControl] = "no-cache"
    return reply
  }

  private func preflight(_ request: HTTPRequest) -> Reply {
    var reply = Reply(status: .noContent)
    reply.fields[.allow] = Self.methods
    return reply
  }

  /// Lets the pages of the origins that were named read the answer; nobody else's, and never with cookies.
  private func allow(_ origin: String?, in reply: inout Reply) {
    guard !origins.isEmpty else { return }
    reply.fields[.vary] = reply.fields[.vary].map { $0 + ", Origin" } ?? "Origin"
    guard let origin, origins.contains(where: { $0.description == origin }) else { return }
    reply.fields[.accessControlAllowOrigin] = origin
    if reply.status == .noContent {
      reply.fields[.accessControlAllowMethods] = Self.methods
      reply.fields[.accessControlAllowHeaders] = "If-None-Match"
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
