import IPAddresses
import Testing
import TestSupport

@testable import VPC

/// A small world, in which every packet can be asked: 4 source and 8 destination addresses, 3 protocols, 8 ports each.
private struct World {
    var generator = SeededGenerator(seed: 7)

    static let packets: [FlowSet.Packet] = [IPFamily.ipv4, .ipv6].flatMap { family in
        (0..<4).flatMap { source in
            (0..<8).flatMap { destination in
                [IPProtocol.tcp, .udp, .icmp(family)].flatMap { ipProtocol in
                    (0..<4).flatMap { sourcePort in
                        (0..<8).map { destinationPort in
                            FlowSet.Packet(
                                source: address(family, source), destination: address(family, destination),
                                ipProtocol: ipProtocol, sourcePort: UInt16(sourcePort),
                                destinationPort: UInt16(destinationPort))
                        }
                    }
                }
            }
        }
    }

    static func address(_ family: IPFamily, _ index: Int) -> IPAddress {
        IPAddress(
            family, number: family == .ipv4 ? 0x0A00_0000 + UInt128(index) : 0x2001_0db8 &<< 96 + UInt128(index))
    }

    mutating func prefix(_ family: IPFamily, _ bits: Int) -> IPPrefix {
        let length = family.bitWidth - Int.random(in: 0...bits, using: &generator)
        let address = Self.address(family, Int.random(in: 0..<(1 << bits), using: &generator))
        return IPPrefix(masking: address, length: Bool.random(using: &generator) ? length : 0)
    }

    mutating func ports() -> ClosedRange<UInt16> {
        let first = UInt16.random(in: 0...7, using: &generator)
        return first...UInt16.random(in: first...9, using: &generator)
    }

    mutating func ipProtocol(_ family: IPFamily) -> IPProtocol? {
        [nil, .tcp, .udp, .icmp(family)].randomElement(using: &generator)!
    }

    mutating func box() -> FlowSet.Box {
        let family = IPFamily.allCases.randomElement(using: &generator)!
        return FlowSet.Box(
            family, source: prefix(family, 2), destination: prefix(family, 3), ipProtocol: ipProtocol(family),
            sourcePorts: ports(), destinationPorts: ports())
    }

    mutating func set() -> FlowSet { FlowSet((0..<Int.random(in: 0...5, using: &generator)).map { _ in box() }) }
}

@Suite("Sets of flows")
struct FlowSetTests {
    @Test("Union, intersection and difference hold the packets that they must, and boxes never overlap")
    func operations() {
        var world = World()
        for _ in 0..<60 {
            let (left, right) = (world.set(), world.set())
            let results = [left.union(right), left.intersection(right), left.subtracting(right), left.simplified()]
            for set in results { set._invariantCheck() }
            for packet in World.packets {
                let (inLeft, inRight) = (left.contains(packet), right.contains(packet))
                let expected = [inLeft || inRight, inLeft && inRight, inLeft && !inRight, inLeft]
                if results.map({ $0.contains(packet) }) != expected {
                    Issue.record("\(packet): \(left) and \(right)")
                    return
                }
            }
            #expect(left.intersection(right).isSubset(of: left) && left.isSubset(of: left.union(right)))
            #expect(left.subtracting(right).union(left.intersection(right)).isEqual(to: left))
            #expect(left.simplified().boxes.count <= left.boxes.count)
        }
    }

    @Test("The whole of a family, minus itself, is empty; sets of two families have nothing in common")
    func whole() {
        for family in IPFamily.allCases {
            let all = FlowSet.all(family)
            #expect(all.subtracting(all).isEmpty && !all.isEmpty)
            #expect(all.boxes[0].sourcePrefixes == [family == .ipv4 ? .v4(.all) : .v6(.all)])
        }
        #expect(FlowSet.all(.ipv4).intersection(.all(.ipv6)).isEmpty)
    }

    @Test("Prefixes of a range: none overlap, all is there, and no two could be one")
    func prefixes() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let first = UInt128.random(in: 0...300, using: &generator)
            let last = UInt128.random(in: first...320, using: &generator)
            for family in IPFamily.allCases {
                let top: UInt128 = family == .ipv4 ? 0xFFFF_FFFF : .max
                // At both ends of the space.
                for (low, high) in [(first, last), (top - last, top - first)] {
                    let prefixes = IPPrefix.prefixes(family, from: low, through: high)
                    var next = low
                    for prefix in prefixes {
                        #expect(prefix.interval.lowerBound == next)
                        next = prefix.interval.upperBound &+ 1
                    }
                    #expect(prefixes.last?.interval.upperBound == high)
                    for (one, other) in zip(prefixes, prefixes.dropFirst()) where one.length == other.length {
                        // Siblings would be one prefix.
                        let parent = IPPrefix(
                            masking: IPAddress(family, number: one.interval.lowerBound), length: one.length - 1)
                        #expect(!parent.covers(other))
                    }
                }
            }
        }
    }
}

@Suite("Rules as sets")
struct RuleSetAlgebraTests {
    private func entries(_ world: inout World) -> [NetworkACL.Entry] {
        (1...Int.random(in: 1...8, using: &world.generator)).map { number in
            let family = IPFamily.allCases.randomElement(using: &world.generator)!
            let ipProtocol = world.ipProtocol(family)
            let hasType = ipProtocol?.isICMP == true && Bool.random(using: &world.generator)
            return NetworkACL.Entry(
                number: number * 10, isEgress: false, allows: Bool.random(using: &world.generator),
                prefix: world.prefix(family, 2),
                match: RuleMatch(
                    ipProtocol: ipProtocol, ports: PortSet(world.ports()),
                    icmpType: hasType ? 0 : nil,
                    icmpCode: hasType && Bool.random(using: &world.generator) ? 4 : nil))
        }
    }

    /// What decides on one packet, by the rules' own words.
    private func first(_ entries: [NetworkACL.Entry], _ packet: FlowSet.Packet) -> NetworkACL.Entry? {
        entries.first { entry in
            guard entry.prefix.contains(packet.source) else { return false }
            guard let ipProtocol = entry.match.ipProtocol else { return true }
            guard ipProtocol == packet.ipProtocol else { return false }
            if ipProtocol.isICMP {
                let (type, code) = (UInt8(packet.destinationPort >> 8), UInt8(packet.destinationPort & 0xFF))
                return (entry.match.icmpType ?? type) == type && (entry.match.icmpCode ?? code) == code
            }
            return entry.match.ports.contains(packet.destinationPort)
        }
    }

    @Test(
        "A network ACL's decision on a set is its decision on each packet, by the same rule; shadowed rules decide on none"
    )
    func acl() {
        var world = World()
        for _ in 0..<30 {
            let entries = entries(&world)
            let acl = NetworkACL(id: "acl", vpcID: "vpc", isDefault: false, subnetIDs: [], entries: entries)
            let space = world.set()
            let decision = acl.ingress.decide(space)
            var reached: Set<Int> = []
            for packet in World.packets {
                let rule = first(entries, packet)
                if let rule { reached.insert(rule.number) }
                let inSpace = space.contains(packet)
                let isAllowed = inSpace && rule?.allows == true
                #expect(decision.allowed.contains(packet) == isAllowed)
                #expect(decision.denied.contains(packet) == (inSpace && !isAllowed))
                let part = decision.parts.first { $0.flows.contains(packet) }
                #expect(part?.rule == (inSpace ? rule : nil))
            }
            // A rule that is reached is not shadowed; the world is too small for the converse.
            for rule in acl.ingress.shadowed { #expect(!reached.contains(rule.number)) }
        }
    }

    @Test("Both ways of asking an ACL agree: port sets along a trace, and sets of flows")
    func agree() {
        var world = World()
        for _ in 0..<200 {
            let acl = NetworkACL(id: "acl", vpcID: "vpc", isDefault: false, subnetIDs: [], entries: entries(&world))
            let family = IPFamily.allCases.randomElement(using: &world.generator)!
            let source = World.address(family, Int.random(in: 0..<4, using: &world.generator))
            let flow = Flow(
                source: source, destination: World.address(family, 0), classes: [TrafficClass(.tcp)])
            let trace = acl.decide(flow, isEgress: false).allowedTraffic.first?.destinationPorts ?? PortSet()
            let space = FlowSet(FlowSet.Box(family, source: IPPrefix(host: source), ipProtocol: .tcp))
            let allowed = PortSet(acl.ingress.decide(space).allowed.boxes.map(\.destinationPorts))
            #expect(trace == allowed)
        }
    }

    @Test(
        "A security group allows what some rule allows; a rule is shadowed where the others allow the same without it")
    func group() {
        var world = World()
        for _ in 0..<30 {
            let rules = entries(&world).map { entry in
                SecurityGroup.Rule(
                    groupID: "sg", isEgress: false,
                    peer: Bool.random(using: &world.generator) ? .prefix(entry.prefix) : .group(id: "sg-members"),
                    match: entry.match)
            }
            let group = SecurityGroup(id: "sg", name: "sg", vpcID: "vpc", ingress: rules, egress: [])
            let members = [IPPrefix(host: World.address(.ipv4, 1)), IPPrefix(host: World.address(.ipv6, 2))]
            let space = world.set()
            let decision = group.ingress.decide(space) { $0 == "sg-members" ? members : [] }
            for packet in World.packets {
                let isAllowed = rules.contains { rule in
                    rule.flows(members: { _ in members }).contains(packet)
                }
                #expect(decision.allowed.contains(packet) == (space.contains(packet) && isAllowed))
            }
            let kept = rules.filter { !group.ingress.shadowed.contains($0) }
            let all = FlowSet.all(.ipv4).union(.all(.ipv6))
            let fewer = SecurityGroup(id: "sg", name: "sg", vpcID: "vpc", ingress: kept, egress: [])
            // Removing equal rules at once would remove both: compare only where all differ.
            if Set(rules).count == rules.count {
                #expect(
                    fewer.ingress.decide(all) { _ in members }.allowed.isEqual(
                        to: group.ingress.decide(all) { _ in members }.allowed))
            }
        }
    }
}
