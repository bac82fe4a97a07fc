import ArgumentParser
import CKernels

/// Times the inner loops of `CKernels`, each beside its plain twin, and compares what they give.
///
/// The kernels that exist in two builds run as the processor has it: x86-64-v3 where it can. Plain loops are Swift as
/// it is compiled for every x86-64.
struct KernelBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Time the inner loops beside plain loops, in nanoseconds per integer.")

  @Option(help: "Blocks of 128 integers.") var blocks = 2_000
  @Option(help: "Timed rounds; the best counts.") var rounds = 15

  func validate() throws {
    guard (1...1_000_000).contains(blocks), (1...1_000).contains(rounds) else {
      throw ValidationError("choose 1 to 1000000 blocks and 1 to 1000 rounds.")
    }
  }

  func run() throws {
    var random = SplitMix64(state: 1)
    print("| loop | ns per integer | plain | plain ÷ kernel |")
    print("|---|---:|---:|---:|")
    for width in [1, 4, 7, 12, 20, 32] { unpack(width, &random) }
    for width in [4, 7, 12] { ascending(width, &random) }
    for share in [0.02, 0.2, 0.7] { bits(share, &random) }
    score(&random)
  }

  /// The best round of each, per integer; traps if the answers differ.
  private func report(_ name: String, _ count: Int, kernel: () -> [UInt32], plain: () -> [UInt32]) {
    precondition(kernel() == plain(), "\(name): the kernel and the plain loop agree")
    func best(_ body: () -> [UInt32]) -> Double {
      var best = Int.max
      for _ in 0..<rounds {
        let start = nanoseconds()
        let result = body()
        best = min(best, nanoseconds() - start)
        withExtendedLifetime(result) {}
      }
      return Double(best) / Double(count)
    }
    let (fast, slow) = (best(kernel), best(plain))
    func text(_ value: Double) -> String {
      let thousandths = Int((value * 1_000).rounded())
      let digits = String(thousandths % 1_000)
      return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
    print("| \(name) | \(text(fast)) | \(text(slow)) | \(text(slow / fast)) |")
  }

  // MARK: Bit packing

  private static let block = Int(kernel_block)

  /// Random values of at most `width` bits, and the same packed.
  private func packed(_ width: Int, _ random: inout SplitMix64) -> (values: [UInt32], bytes: [UInt8]) {
    let largest = UInt32(truncatingIfNeeded: UInt64(1) << UInt64(width) - 1)
    let values = (0..<blocks * Self.block).map { _ in UInt32.random(in: 0...largest, using: &random) }
    var bytes = [UInt8](repeating: 0, count: blocks * width * 16)
    for block in 0..<blocks {
      values.withUnsafeBufferPointer { values in
        bytes.withUnsafeMutableBufferPointer { bytes in
          guard let values = values.baseAddress, let bytes = bytes.baseAddress else { return }
          kernel_pack(values + block * Self.block, Int32(width), bytes + block * width * 16)
        }
      }
    }
    return (values, bytes)
  }

  /// Value 4 × i + lane is `width` bits of the lane's words, from bit i × width on (FORMAT.md, "Packed arrays").
  @inline(__always)
  private static func plainValue(_ place: Int, _ width: Int, in words: UnsafePointer<UInt32>) -> UInt32 {
    let bit = place / 4 * width
    let lane = place % 4
    let low = UInt64(words[bit / 32 * 4 + lane])
    let isLast = bit / 32 + 1 >= width
    let high = isLast ? 0 : UInt64(words[(bit / 32 + 1) * 4 + lane])
    return UInt32(
      truncatingIfNeeded: (low | high << 32) >> UInt64(bit % 32) & (UInt64(1) << UInt64(width) - 1))
  }

  /// Decodes every block into one output of a block, so that the output stays in the cache; gives the sum of all.
  private func decode(
    _ bytes: [UInt8], _ width: Int, _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt32>) -> Void
  ) -> [UInt32] {
    var output = [UInt32](repeating: 0, count: Self.block)
    var last: UInt32 = 0
    bytes.withUnsafeBufferPointer { bytes in
      output.withUnsafeMutableBufferPointer { output in
        guard let bytes = bytes.baseAddress, let output = output.baseAddress else { return }
        for block in 0..<blocks {
          body(bytes + block * width * 16, output)
          last ^= output[block % Self.block]
        }
      }
    }
    return output + [last]
  }

  private func unpack(_ width: Int, _ random: inout SplitMix64) {
    let bytes = packed(width, &random).bytes
    report(
      "unpack, \(width) bits", blocks * Self.block,
      kernel: { decode(bytes, width) { kernel_unpack($0, Int32(width), $1) } },
      plain: {
        decode(bytes, width) { bytes, output in
          bytes.withMemoryRebound(to: UInt32.self, capacity: width * 4) { words in
            for place in 0..<Self.block { output[place] = Self.plainValue(place, width, in: words) }
          }
        }
      })
  }

  private func ascending(_ width: Int, _ random: inout SplitMix64) {
    let bytes = packed(width, &random).bytes
    report(
      "unpack and add up, \(width) bits", blocks * Self.block,
      kernel: { decode(bytes, width) { kernel_unpack_ascending($0, Int32(width), .max, $1) } },
      plain: {
        decode(bytes, width) { bytes, output in
          bytes.withMemoryRebound(to: UInt32.self, capacity: width * 4) { words in
            var document = UInt32.max
            for place in 0..<Self.block {
              document = document &+ Self.plainValue(place, width, in: words) &+ 1
              output[place] = document
            }
          }
        }
      })
  }

  // MARK: Bits

  private func bits(_ share: Double, _ random: inout SplitMix64) {
    let documents = (0..<UInt32(blocks * Self.block)).filter { _ in random.unit() < share }
    let wordCount = blocks * Self.block / 64
    let percent = Int(share * 100)
    func words(_ body: (UnsafeMutablePointer<UInt64>) -> Void) -> [UInt64] {
      var words = [UInt64](repeating: 0, count: wordCount)
      words.withUnsafeMutableBufferPointer { if let words = $0.baseAddress { body(words) } }
      return words
    }
    func halves(_ words: [UInt64]) -> [UInt32] {
      [words.reduce(0) { $0 &+ UInt32(truncatingIfNeeded: $1 ^ $1 >> 32) }]
    }
    report(
      "set bits, \(percent) %", documents.count,
      kernel: {
        halves(
          words { words in
            documents.withUnsafeBufferPointer {
              if let d = $0.baseAddress { kernel_set_bits(d, $0.count, 0, words) }
            }
          })
      },
      plain: {
        halves(
          words { words in
            for document in documents { words[Int(document >> 6)] |= 1 << UInt64(document & 63) }
          })
      })
    let set = words { words in
      for document in documents { words[Int(document >> 6)] |= 1 << UInt64(document & 63) }
    }
    func listed(_ body: (UnsafePointer<UInt64>, UnsafeMutablePointer<UInt32>) -> Int) -> [UInt32] {
      [UInt32](unsafeUninitializedCapacity: wordCount * 64) { output, count in
        set.withUnsafeBufferPointer { set in
          guard let set = set.baseAddress, let output = output.baseAddress else { return }
          count = body(set, output)
        }
      }
    }
    report(
      "list bits, \(percent) %", documents.count,
      kernel: { listed { kernel_list_bits($0, wordCount, 0, $1) } },
      plain: {
        listed { set, output in
          var count = 0
          for document in 0..<wordCount * 64 where set[document >> 6] >> UInt64(document & 63) & 1 != 0 {
            output[count] = UInt32(document)
            count += 1
          }
          return count
        }
      })
    report(
      "count bits, per 64, \(percent) %", wordCount,
      kernel: {
        set.withUnsafeBufferPointer { set in
          set.baseAddress.map { [UInt32(kernel_count_bits($0, wordCount))] } ?? []
        }
      },
      plain: { [UInt32(set.reduce(0) { $0 + $1.nonzeroBitCount })] })
  }

  // MARK: Scores

  private func score(_ random: inout SplitMix64) {
    let documentCount = 200_000
    let lengths = (0..<documentCount).map { _ in UInt16.random(in: 20...2_000, using: &random) }
    var document: UInt32 = 0
    let documents = (0..<blocks * Self.block).map { _ in
      document = (document + UInt32.random(in: 1...40, using: &random)) % UInt32(documentCount)
      return document
    }
    let frequencies = documents.map { _ in 1 + UInt32(random.unit() * random.unit() * 12) }
    var model = kernel_model(
      title_weight: 3, title_base: 0.6, title_slope: 0.05, body_base: 0.4, body_slope: 0.0006, k1: 0.9)
    func scores(_ body: (UnsafeMutablePointer<Float>, UnsafePointer<UInt8>) -> Void) -> [UInt32] {
      let scores = [Float](unsafeUninitializedCapacity: documents.count) { output, count in
        lengths.withUnsafeBytes { lengths in
          guard let output = output.baseAddress, let column = lengths.bindMemory(to: UInt8.self).baseAddress
          else { return }
          body(output, column)
        }
        count = documents.count
      }
      return scores.map(\.bitPattern)
    }
    report(
      "score, body alone", documents.count,
      kernel: {
        scores { output, lengths in
          let column = kernel_column(bytes: lengths, width: 2)
          documents.withUnsafeBufferPointer { documents in
            frequencies.withUnsafeBufferPointer { frequencies in
              guard let documents = documents.baseAddress, let frequencies = frequencies.baseAddress else {
                return
              }
              kernel_score(
                &model, 2.5, column, column, documents, frequencies, nil, blocks * Self.block, output)
            }
          }
        }
      },
      plain: {
        scores { output, _ in
          for place in documents.indices {
            let frequency = Float(frequencies[place])
            let norm = model.body_base + model.body_slope * Float(lengths[Int(documents[place])])
            output[place] = 2.5 * (frequency / (frequency + model.k1 * norm))
          }
        }
      })
  }
}
