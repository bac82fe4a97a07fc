/// How long a writer waits for another one to be done.
package enum LockPatience: Equatable, Sendable {
  case none
  case seconds(Int)
  case unlimited
}
