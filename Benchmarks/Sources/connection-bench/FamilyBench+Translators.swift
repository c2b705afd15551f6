import BenchmarkSupport
import IPAddresses
import Translation

extension FamilyBench {
    /// New connections through the port translator: mappings, ports, counts and timers.
    func runTranslators() throws -> [Measurement] {
        var rows: [Measurement] = []
        for mapping in [EndpointDependence.addressAndPortDependent, .endpointIndependent] {
            var times: [Double] = []
            var bytes = 0
            for _ in 0..<min(3, rounds) {
                var configuration = NAPTConfiguration(pool: PortPool((0..<4096).map { Address.outside($0) }))
                configuration.mapping = mapping
                if mapping == .addressAndPortDependent { configuration.destinationLimit = 55_000 }
                // An endpoint-independent mapping is an entry of its own.
                let capacity = mapping == .endpointIndependent ? 2 * flows : flows
                let nat = try NAPT(configuration, capacity: capacity)
                bytes = nat.bytes
                var generator = SplitMix(state: 8)
                var passed = 0
                times.append(
                    nanoseconds(per: flows) {
                        for tuple in tuples {
                            let verdict = nat.outbound(FlowPacket(tuple, .syn), now: start, random: generator.next())
                            if verdict.refusal == nil { passed += 1 }
                        }
                    })
                if passed != flows { throw WrongAnswer(text: "\(flows - passed) new connections were refused") }
            }
            let name = mapping == .endpointIndependent ? "endpoint-independent" : "per destination, 55,000 counted"
            rows.append(
                Measurement(
                    "\(Address.family) new, NAPT \(name)", ours: times.median, unit: "ns", kernel: "", bytes: bytes))
            rows.append(
                Measurement(
                    "\(Address.family) bytes a connection, NAPT \(name)", ours: Double(bytes) / Double(flows),
                    unit: "bytes",
                    kernel: "", bytes: bytes))
        }
        return rows
    }
}
