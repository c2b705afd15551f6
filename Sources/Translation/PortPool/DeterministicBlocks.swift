import IPAddresses

/// Blocks of ports by inside address, computed both ways without state or logs (RFC 7422 2).
///
///     inside:   first, first + 1, …          outside: addresses × blocks of each
///     number n of the insides has block n mod (blocks an address) of address n div (blocks an address)
public struct DeterministicBlocks<Address: ConnectionAddress>: Hashable, Sendable {
    /// The inside addresses.
    public let inside: Prefix<Address>
    public let addresses: [Address]
    public let ports: ClosedRange<UInt16>

    /// How many ports a block has.
    public let size: Int

    /// How many blocks an address has.
    @inlinable
    public var blocksPerAddress: Int { (Int(ports.upperBound) - Int(ports.lowerBound) + 1) / size }

    /// Why blocks can't be given.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        case blockSize(Int)
        case tooFewBlocks(needed: Int, there: Int)

        public var description: String {
            switch self {
            case .blockSize(let size): "blocks of \(size) ports: give 1 to the number of the pool's ports"
            case .tooFewBlocks(let needed, let there):
                "\(needed) inside addresses need as many blocks, and there are \(there): give smaller blocks or more addresses"
            }
        }
    }

    public init(
        inside: Prefix<Address>, addresses: [Address], ports: ClosedRange<UInt16> = 1024...65535, size: Int
    ) throws(Failure) {
        guard size >= 1, size <= ports.count else { throw .blockSize(size) }
        self.inside = inside
        self.addresses = addresses
        self.ports = ports
        self.size = size
        let there = blocksPerAddress * addresses.count
        let bits = Address.bitWidth - inside.length
        let needed = bits < 40 ? 1 << bits : Int.max
        guard needed <= there else { throw .tooFewBlocks(needed: needed, there: there) }
    }

    /// The outside address and ports of an inside address; nil where it is not one.
    @inlinable
    public func outside(of address: Address) -> (address: Address, ports: ClosedRange<UInt16>)? {
        guard inside.contains(address) else { return nil }
        let number = Int(truncatingIfNeeded: address.bits &- inside.first.bits)
        let first = Int(ports.lowerBound) + number % blocksPerAddress * size
        return (addresses[number / blocksPerAddress], UInt16(first)...UInt16(first + size - 1))
    }

    /// The inside address behind an outside address and port; nil where there is none.
    public func inside(of address: Address, _ port: UInt16) -> Address? {
        guard let position = addresses.firstIndex(of: address), ports.contains(port) else { return nil }
        let block = (Int(port) - Int(ports.lowerBound)) / size
        guard block < blocksPerAddress else { return nil }
        let result = Address(
            bits: inside.first.bits &+ Address.Bits(truncatingIfNeeded: position * blocksPerAddress + block))
        return inside.contains(result) ? result : nil
    }
}
