import ServiceLifecycle

@testable import SearchService

extension Fixture {
  /// Runs a server on a free port while `body` asks it, and returns when both are done.
  func serve(
    _ limits: ServiceLimits = ServiceLimits(),
    _ body: @escaping @Sendable (Int, SearchServer, ServiceGroup) async throws -> Void
  ) async throws {
    let server = try server { $0.limits = limits }
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let group = server.services { announce.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await server.run(group) }
      for await port in ports {
        do { try await body(port, server, group) } catch {
          await group.triggerGracefulShutdown()
          throw error
        }
        break
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  func serve(
    _ limits: ServiceLimits = ServiceLimits(),
    _ body: @escaping @Sendable (Int, SearchServer) async throws -> Void
  ) async throws {
    try await serve(limits) { port, server, _ in try await body(port, server) }
  }
}
