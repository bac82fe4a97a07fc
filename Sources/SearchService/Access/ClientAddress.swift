import Glibc
import NIOCore

/// An IP address as 16 bytes; those of IPv4 are `::ffff:a.b.c.d`.
struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
  /// First and last eight bytes.
  let high: UInt64
  let low: UInt64

  private static let mappedPrefix: UInt64 = 0xFFFF

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// An address in the usual notation, without port and brackets; nil for anything else.
  init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
    let text = String(text)
    var short = in_addr()
    if inet_pton(AF_INET, text, &short) == 1 {
      self.init(high: 0, low: Self.mappedPrefix << 32 | UInt64(UInt32(bigEndian: short.s_addr)))
      return
    }
    var long = in6_addr()
    guard inet_pton(AF_INET6, text, &long) == 1 else { return nil }
    self.init(long)
  }

  /// Nil for what is no address of IP.
  init?(_ address: SocketAddress?) {
    // Without the interface of a local one.
    guard let text = address?.ipAddress?.prefix(while: { $0 != "%" }) else { return nil }
    self.init(text)
  }

  private init(_ address: in6_addr) {
    let words = withUnsafeBytes(of: address) { bytes in
      (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    self.init(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
  }

  var isIPv4: Bool { high == 0 && low >> 32 == Self.mappedPrefix }

  /// The first bits; the others zero.
  func prefix(_ bitCount: Int) -> ClientAddress {
    func mask(_ count: Int) -> UInt64 { count <= 0 ? 0 : count >= 64 ? .max : ~(UInt64.max >> UInt64(count)) }
    return ClientAddress(high: high & mask(bitCount), low: low & mask(bitCount - 64))
  }

  /// What one customer of a provider has: an address of IPv4, a /64 of IPv6.
  var household: ClientAddress { isIPv4 ? self : prefix(64) }

  /// Without what tells one household from the next: /24 of IPv4, /48 of IPv6.
  var truncated: ClientAddress { prefix(isIPv4 ? 96 + 24 : 48) }

  var description: String {
    if isIPv4 { return (0..<4).map { String(low >> UInt64(24 - 8 * $0) & 0xFF) }.joined(separator: ".") }
    var address = in6_addr()
    withUnsafeMutableBytes(of: &address) { bytes in
      bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return "::" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Neighbouring addresses: `10.0.0.0/8`, `::1`.
package struct AddressRange: Sendable {
  private let start: ClientAddress
  private let bitCount: Int

  /// Nil for what is no address, or none with the number of bits that all of the range share.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = ClientAddress(first) else { return nil }
    let leading = address.isIPv4 && !first.contains(":") ? 96 : 0
    var bits = 128
    if parts.count == 2 {
      guard let number = Int(parts[1]), (0...128 - leading).contains(number) else { return nil }
      bits = leading + number
    }
    start = address.prefix(bits)
    bitCount = bits
  }

  func contains(_ address: ClientAddress) -> Bool { address.prefix(bitCount) == start }
}
