import BenchmarkSupport
import IPAddresses
import Translation

extension FamilyBench {
    /// New connections through the port translator: mappings, ports, counts and timers.
    func runTranslators() throws -> [Measurement] {
        var rows: [Measurement] = []
        for mapping in [EndpointDependence.addressAndPortDependent, .endpointIndependent] {
            var (single, batch): ([Double], [Double]) = ([], [])
            var bytes = 0
            for _ in 0..<min(3, rounds) {
                for isBatch in [false, true] {
                    let nat = try makeTranslator(mapping)
                    bytes = nat.bytes
                    let time = try isBatch ? openInBatches(nat) : openSingly(nat)
                    if isBatch { batch.append(time) } else { single.append(time) }
                }
            }
            let name = mapping == .endpointIndependent ? "endpoint-independent" : "per destination, 55,000 counted"
            for (suffix, times) in [("", single), (", batches of 32", batch)] {
                rows.append(
                    Measurement(
                        "\(Address.family) new, NAPT \(name)\(suffix)", ours: times.median, unit: "ns", kernel: "",
                        bytes: bytes))
            }
            rows.append(
                Measurement(
                    "\(Address.family) bytes a connection, NAPT \(name)", ours: Double(bytes) / Double(flows),
                    unit: "bytes", kernel: "", bytes: bytes))
        }
        return rows
    }

    private func makeTranslator(_ mapping: EndpointDependence) throws -> NAPT<Address> {
        var configuration = NAPTConfiguration(pool: PortPool((0..<4096).map { Address.outside($0) }))
        configuration.mapping = mapping
        if mapping == .addressAndPortDependent { configuration.destinationLimit = 55_000 }
        // An endpoint-independent mapping is an entry of its own.
        return try NAPT(configuration, capacity: mapping == .endpointIndependent ? 2 * flows : flows)
    }

    private func openSingly(_ nat: NAPT<Address>) throws -> Double {
        var generator = SplitMix(state: 8)
        var passed = 0
        let time = nanoseconds(per: flows) {
            for tuple in tuples {
                let verdict = nat.outbound(FlowPacket(tuple, .syn), now: start, random: generator.next())
                if verdict.refusal == nil { passed += 1 }
            }
        }
        if passed != flows { throw WrongAnswer(text: "\(flows - passed) new connections were refused") }
        return time
    }

    private func openInBatches(_ nat: NAPT<Address>) throws -> Double {
        var generator = SplitMix(state: 8)
        var passed = 0
        let packets = tuples.map { FlowPacket($0, .syn) }
        var verdicts = [Verdict<Address>](repeating: .refused(.noConnection), count: 32)
        let time = nanoseconds(per: flows) {
            for first in stride(from: 0, to: flows, by: 32) {
                let count = min(32, flows - first)
                var span = verdicts.mutableSpan
                nat.outbound(
                    packets.span.extracting(first..<first + count), into: &span, now: start, random: generator.next())
                for index in 0..<count where span[index].refusal == nil { passed += 1 }
            }
        }
        if passed != flows { throw WrongAnswer(text: "\(flows - passed) new connections were refused") }
        return time
    }
}
