import Cluster
import IPAddresses
import PrefixTrie
import Snapshot
import TableFile
import Translation

/// What each fuzz target does with its input. The corpora are replayed through the same by `swift test`.
public enum FuzzBody: String, CaseIterable, Sendable {
    case addresses
    case json
    case yaml
    case table
    case trie
    case forwarding
    case connections
    case state
    case headers
    case packets
    case dns
    case capture
    case configuration
    case validation
    case netlink
    case trees
    case recipes

    /// Runs the target; a trap, or a broken promise, is what fuzzing looks for.
    public func callAsFunction(_ bytes: [UInt8]) {
        switch self {
        case .addresses: addresses(bytes)
        case .json: snapshot(bytes)
        case .yaml: yaml(bytes)
        case .table: table(bytes)
        case .trie: trie(bytes)
        case .forwarding: forwarding(bytes)
        case .connections: connections(bytes)
        case .state: state(bytes)
        case .headers: headers(bytes)
        case .packets: packets(bytes)
        case .dns: dns(bytes)
        case .capture: capture(bytes)
        case .configuration: configuration(bytes)
        case .netlink: netlink(bytes)
        case .validation: validation(bytes)
        case .trees: trees(bytes)
        case .recipes: recipes(bytes)
        }
    }

    private func addresses(_ bytes: [UInt8]) {
        roundTrip(IPAddress.self, bytes)
        roundTrip(IPPrefix.self, bytes)
        let six = Result { () throws(AddressParseError) in try IPv6Address(parsing: bytes.span) }
        precondition(six == Result { () throws(AddressParseError) in try IPv6Address(parsingByteByByte: bytes.span) })
        let four = Result { () throws(AddressParseError) in try IPv4Address(parsing: bytes.span) }
        precondition(four == Result { () throws(AddressParseError) in try IPv4Address(parsingByteByByte: bytes.span) })
    }

    private func roundTrip<Value: TextualAddress>(_: Value.Type, _ bytes: [UInt8]) {
        do throws(AddressParseError) {
            let value = try Value(parsing: bytes.span)
            precondition(Value(value.description) == value, "a value does not parse back")
        } catch {
            precondition((0...bytes.count).contains(error.position), "an error's position lies outside the text")
            _ = error.description
        }
    }

    /// A first line that makes it YAML, whatever follows: in UTF-16 where the bytes begin with its mark.
    private func yaml(_ bytes: [UInt8]) {
        let line = "apiVersion: v1\n"
        switch bytes.prefix(2) {
        case [0xFF, 0xFE]: snapshot(TextForm.utf16LittleEndian.bytes(line) + bytes.dropFirst(2))
        case [0xFE, 0xFF]: snapshot(TextForm.utf16BigEndian.bytes(line) + bytes.dropFirst(2))
        default: snapshot(Array(line.utf8) + bytes)
        }
    }

    private func snapshot(_ bytes: [UInt8]) {
        do throws(SnapshotError) {
            let snapshot = try Snapshot(files: [.init(path: "input", bytes: bytes)], name: "input")
            _ = try? snapshot.cluster.trace(from: "10.0.0.1", to: "10.0.1.1", port: 1)
        } catch {
            _ = error.description
        }
    }

    private func table(_ bytes: [UInt8]) {
        do throws(TableFile.Failure) {
            try TableFile(bytes).forEachPrefix { _, _ in }
        } catch {
            _ = error.description
        }
    }

    /// Every three bytes are an operation: what to do, and the prefix's bits and length out of a small space.
    private func trie(_ bytes: [UInt8]) {
        func run<Key: PrefixKey>(_: Key.Type) {
            // The first byte picks the walks; values that stand apart and those that stand in blocks take turns.
            var sequence = OperationSequence<Key, Int>(
                limit: 64, usesKernel: bytes.first.map { $0 & 1 == 0 } ?? true
            ) { $0 }
            run(&sequence)
            var apart = OperationSequence<Key, String>(limit: 64, wideFrom: 24) { "\($0)" }
            run(&apart)
        }
        func run<Key: PrefixKey, Value>(_ sequence: inout OperationSequence<Key, Value>) {
            var index = 0
            while index + 3 <= bytes.count {
                let bits = Key.Bits(truncatingIfNeeded: bytes[index + 1])
                let high = bits &<< Key.Bits(truncatingIfNeeded: Key.bitWidth - 8)
                let prefix = Prefix(masking: Key(bits: high | bits), length: Int(bytes[index + 2]) % (Key.bitWidth + 1))
                do { try sequence.perform(bytes[index], prefix) } catch { preconditionFailure("\(error)") }
                index += 3
            }
            do { try sequence.checkWhole() } catch { preconditionFailure("\(error)") }
        }
        run(UInt32.self)
        run(UInt64.self)
        run(UInt128.self)
    }

    /// Every four bytes are a change of a forwarding table: what to do, and the prefix out of a space with many
    /// neighbours in the first, the second and the last of a key's windows.
    private func forwarding(_ bytes: [UInt8]) {
        func run<Key: ForwardingKey>(_ table: ForwardingTable<Key>?) {
            guard let table else { preconditionFailure("an empty table compiles") }
            var sequence = ForwardingSequence(table, limit: 48)
            var index = 0
            while index + 4 <= bytes.count {
                let width = Key.bitWidth
                let low = Key.Bits(truncatingIfNeeded: bytes[index + 1])
                let high = Key.Bits(truncatingIfNeeded: bytes[index + 2])
                let bits = high &<< Key.Bits(truncatingIfNeeded: width - 24)
                let inner = low &<< Key.Bits(truncatingIfNeeded: width / 2) | low
                // IPv4's short prefixes touch thousands of blocks each: left to the tests.
                let shortest = width == 32 ? 12 : 0
                let length = shortest + Int(bytes[index + 3]) % (width + 1 - shortest)
                let prefix = Prefix(masking: Key(bits: bits | inner), length: length)
                do { try sequence.perform(bytes[index], prefix) } catch { preconditionFailure("\(error)") }
                index += 4
            }
            do { try sequence.checkWhole() } catch { preconditionFailure("\(error)") }
        }
        // The first byte picks the family, so that an input is about one table.
        if (bytes.first ?? 0) & 1 == 0 {
            run(try? ForwardingTable<UInt128>(compiling: RadixTrie()))
        } else {
            run(try? ForwardingTable<UInt32>(compiling: RadixTrie()))
        }
    }

    /// Every three bytes are an operation on a connection table; the first byte of all picks the family.
    private func connections(_ bytes: [UInt8]) {
        func run<Address: ConnectionAddress>(_: Address.Type) {
            do {
                var sequence = try ConnectionSequence<Address>(seed: 1)
                var index = 1
                while index + 3 <= bytes.count {
                    try sequence.perform(bytes[index], bytes[index + 1], bytes[index + 2])
                    index += 3
                }
                try sequence.checkWhole()
            } catch { preconditionFailure("\(error)") }
        }
        if (bytes.first ?? 0) & 1 == 0 { run(IPv4Address.self) } else { run(IPv6Address.self) }
    }

    /// A state of connections as it is, and once more with the length and the checksum put right, so that records are
    /// reached. What is read is restored, and what is there then is written and read again.
    private func state(_ bytes: [UInt8]) {
        restore(bytes, IPv4Address(bits: 0))
        restore(bytes, IPv6Address(bits: 0))
        restore(ConnectionState<IPv4Address>.sealed(bytes), IPv4Address(bits: 0))
        restore(ConnectionState<IPv6Address>.sealed(bytes), IPv6Address(bits: 0))
    }

    private func restore<Address: ConnectionAddress>(_ bytes: [UInt8], _ any: Address) {
        let now = MonotonicTime(nanoseconds: 1 << 40)
        guard let nat = try? NAPT(NAPTConfiguration(pool: PortPool([any])), capacity: 64) else {
            preconditionFailure("a small translator can be made")
        }
        do throws(ConnectionStateError) {
            let summary = try nat.restore(bytes.span, now: now)
            nat.table._invariantCheck()
            var written: [UInt8] = []
            let count = ConnectionState.export(nat.table, now: now) { written += $0 }
            precondition(count <= summary.restored, "more is written than was restored")
            let again = try ConnectionState<Address>.read(written.span) { _ in }
            precondition(again == count, "what is written does not read back")
        } catch {
            _ = error.description
        }
    }
}

extension ConnectionState {
    /// The bytes as the records of a state that is whole: cut to whole records, each marked as one, with header and end.
    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        let size = 18 + 2 * (2 * Address.bitWidth / 8 + 4)
        var result = Array("DPCS".utf8) + [UInt8(truncatingIfNeeded: version), 0, UInt8(Address.bitWidth / 8), 0]
        let count = bytes.count / size
        for number in 0..<count { result += [1] + bytes[number * size + 1..<(number + 1) * size] }
        func append(_ value: UInt64) { result += (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        result.append(0)
        append(UInt64(count))
        append(result.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        return result
    }
}
