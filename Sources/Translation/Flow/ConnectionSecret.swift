/// The secret of a table's hash. Nobody who does not know it can choose tuples that share a bucket.
///
/// The hash multiplies words, each mixed with a word of the secret, to 128 bits and folds these, as wyhash does. It is
/// fast and keyed, but not cryptographic: it resists anyone who can't see the buckets or time single lookups.
@frozen
public struct ConnectionSecret: Hashable, Sendable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64
    @usableFromInline let fourth: UInt64

    /// - Parameter generator: where the secret comes from: the system's generator, except in tests.
    public init(using generator: inout some RandomNumberGenerator) {
        first = generator.next()
        second = generator.next()
        third = generator.next()
        // An even factor loses a bit.
        fourth = generator.next() | 1
    }

    /// A secret of the system's generator.
    public init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    @inlinable
    @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inlinable
    @inline(__always)
    func mix(_ left: UInt64, _ right: UInt64) -> UInt64 { Self.fold(left ^ first, right ^ second) }

    @inlinable
    @inline(__always)
    func mixOther(_ left: UInt64, _ right: UInt64) -> UInt64 { Self.fold(left ^ third, right ^ first) }

    @inlinable
    @inline(__always)
    func finish(_ value: UInt64) -> UInt64 { Self.fold(value ^ third, fourth) }
}
