import Cluster
import IPAddresses
import PrefixTrie
import Snapshot
import TableFile

/// What each fuzz target does with its input. The corpora are replayed through the same by `swift test`.
public enum FuzzBody: String, CaseIterable, Sendable {
    case addresses
    case json
    case yaml
    case table
    case trie
    case forwarding

    /// Runs the target; a trap, or a broken promise, is what fuzzing looks for.
    public func callAsFunction(_ bytes: [UInt8]) {
        switch self {
        case .addresses: addresses(bytes)
        case .json: snapshot(bytes)
        // A first line that makes it YAML, whatever follows.
        case .yaml: snapshot(Array("apiVersion: v1\n".utf8) + bytes)
        case .table: table(bytes)
        case .trie: trie(bytes)
        case .forwarding: forwarding(bytes)
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
            var sequence = OperationSequence<Key>(limit: 64)
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
}
