/// Words that say nothing about what a query wants; the query side gives them no weight.
///
/// The index drops nothing: a query of stop words only keeps them.
package enum StopWords {
  /// Whether a folded word (lower case, Simplified) is one.
  package static func contains(_ word: String) -> Bool { all.contains(word) }

  private static let all: Set<String> = Set((chinese + " " + english).split(separator: " ").map(String.init))

  private static let chinese = """
    的 了 是 在 和 与 及 或 而 也 都 就 还 又 很 把 被 让 给 对 从 向 到 于 由 以 为 因 所 其 之 者 等 着 过 \
    吗 呢 吧 啊 呀 哦 嘛 么 地 得 我 你 他 她 它 您 我们 你们 他们 她们 它们 咱们 自己 这 那 哪 这个 那个 哪个 这些 那些 \
    哪些 这里 那里 哪里 这样 那样 怎样 怎么 怎么样 如何 什么 为什么 为何 谁 何 多少 几 是否 有没有 能否 可以 \
    能够 应该 需要 可能 一个 一些 一种 一下 某 某个 某些 每 每个 各 各个 该 此 并 并且 而且 但 但是 不过 然而 虽然 \
    因为 所以 因此 如果 假如 那么 或者 以及 还是 只是 只有 只要 除了 关于 对于 由于 根据 通过 按照 之后 之前 \
    时候 有 没有 不 没 不是 就是 也是 都是 会 要 想 请问 上 下 中 里 内 外
    """

  private static let english = """
    a an the and or but nor so if then else than that this these those there here of in on at by for from to \
    into onto with without within about over under between through during before after as is am are was were \
    be been being do does did doing done have has had having can could will would shall should may might must \
    not no i you he she it we they me him her us them my your his its our their mine yours what which who whom \
    whose when where why how all any both each few more most other some such only own same too very just also \
    s t re ve ll d m
    """
}
