/// How blocks hold values of a type.
@frozen
@usableFromInline
package enum TrieLayout<Value> {
    /// Whether values stand in the blocks themselves.
    @inlinable
    static var isInline: Bool {
        _isPOD(Value.self) && MemoryLayout<Value>.stride <= 8 && MemoryLayout<Value>.alignment <= 8
    }

    @inlinable
    static var valueBytes: Int {
        isInline ? (MemoryLayout<Value>.size == 0 ? 0 : MemoryLayout<Value>.stride) : 4
    }

    @inlinable static var valueAlignment: Int { isInline ? MemoryLayout<Value>.alignment : 4 }

    @inlinable static var unitShift: Int { valueBytes > 4 ? 3 : 2 }

    /// The offset of the values in a block with that many tails.
    @inlinable
    static func valueOffset(tails: Int) -> Int { (4 &* tails &+ valueAlignment &- 1) & ~(valueAlignment &- 1) }

    /// The units of a block.
    @inlinable
    static func units(tails: Int, values: Int) -> Int {
        let bytes = valueBytes == 0 ? 4 &* tails : valueOffset(tails: tails) &+ values &* valueBytes
        return (bytes &+ (1 &<< unitShift) &- 1) &>> unitShift
    }

    // A value as up to eight bytes, or its slot's index; generic code moves these about.

    @inlinable
    static func payload(_ value: Value) -> UInt64 {
        var payload: UInt64 = 0
        if MemoryLayout<Value>.size > 0 {
            withUnsafeMutableBytes(of: &payload) { $0.storeBytes(of: value, as: Value.self) }
        }
        return payload
    }

    @inlinable
    static func value(_ payload: UInt64) -> Value {
        withUnsafeBytes(of: payload) { $0.load(as: Value.self) }
    }

    @inlinable
    static func load(_ place: UnsafeRawPointer) -> UInt64 {
        switch valueBytes {
        case 0: return 0
        case 1: return UInt64(place.load(as: UInt8.self))
        case 2: return UInt64(place.loadUnaligned(as: UInt16.self))
        case 4: return UInt64(place.loadUnaligned(as: UInt32.self))
        case 8: return place.loadUnaligned(as: UInt64.self)
        default:
            var payload: UInt64 = 0
            withUnsafeMutableBytes(of: &payload) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: place, count: valueBytes))
            }
            return payload
        }
    }

    @inlinable
    static func store(_ payload: UInt64, _ place: UnsafeMutableRawPointer) {
        switch valueBytes {
        case 0: break
        case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: payload), as: UInt8.self)
        case 2: place.storeBytes(of: UInt16(truncatingIfNeeded: payload), as: UInt16.self)
        case 4: place.storeBytes(of: UInt32(truncatingIfNeeded: payload), as: UInt32.self)
        case 8: place.storeBytes(of: payload, as: UInt64.self)
        default: withUnsafeBytes(of: payload) { place.copyMemory(from: $0.baseAddress!, byteCount: valueBytes) }
        }
    }
}
