import IPAddresses
import Translation
import Yams

/// What configurations of translators with ports have in common.
enum NAPTReading {
    static let poolKeys = ["kind", "pool", "ports", "port-selection", "pooling", "connections"]
    static let behaviourKeys = [
        "mapping", "filtering", "timeouts", "hairpinning", "stray-tcp", "refresh-inbound", "subscriber-limit",
        "subscriber-rate", "protocols", "static",
    ]
    static let forwardingKeys = ["hops", "mtu"]

    /// The addresses of a pool: addresses, or prefixes of up to 4,096.
    static func addresses(_ members: Members) throws(ConfigurationError) -> [IPv4Address] {
        _ = try members.required("pool", "[198.51.100.1]")
        var addresses: [IPv4Address] = []
        for place in try members.elements("pool") {
            guard try place.string().contains("/") else {
                addresses.append(try place.parse())
                continue
            }
            let prefix: IPv4Prefix = try place.parse()
            guard prefix.length >= 20 else {
                throw place.fault("a pool's prefix has at most 4,096 addresses: /20 or longer")
            }
            addresses += (prefix.first.bits...prefix.last.bits).map { IPv4Address(bits: $0) }
        }
        guard !addresses.isEmpty else { throw try members.required("pool", "").fault("a pool needs an address") }
        return addresses
    }

    static func configuration<Address: ConnectionAddress>(
        _ members: Members, pool addresses: [Address]
    ) throws(ConfigurationError) -> NAPTConfiguration<Address> {
        var pool = PortPool(addresses)
        if let value = members["ports"] { pool.ports = try value.ports() }
        if let value = members["port-selection"] {
            pool.selection = try value.choice(PortSelection.self) == .random ? .random : .preserving
        }
        if let value = members["pooling"] {
            pool.pooling = try value.choice(Pooling.self) == .paired ? .paired : .arbitrary
        }
        var result = NAPTConfiguration(pool: pool)
        if let value = members["mapping"] { result.mapping = try value.choice(EndpointDependence.self) }
        if let value = members["filtering"] {
            result.filtering = try value.choice(EndpointDependence.self)
            if let filtering = result.filtering, filtering < result.mapping {
                throw value.fault(
                    "filtering can't depend on less than the mapping, \(result.mapping.rawValue.kebabCase)")
            }
        }
        if let value = members["timeouts"] { result.timeouts = try timeouts(value) }
        if let value = members["hairpinning"] { result.hairpins = try value.bool() }
        if let value = members["refresh-inbound"] { result.refreshesInbound = try value.bool() }
        if let value = members["stray-tcp"] {
            result.strayTCP =
                switch try value.choice(StrayTCP.self) {
                case .drop: .drop
                case .reset: .reset
                case .pickUp: .pickUp
                }
        }
        if let value = members["subscriber-limit"] { result.subscriberLimit = try value.integer(1...Int(Int32.max)) }
        if let value = members["subscriber-rate"] { result.subscriberRate = try value.integer(1...65_000) }
        if let value = members["protocols"] {
            if case .scalar(let scalar) = value.node, scalar.string == "all" {
                result.protocols = nil
            } else {
                result.protocols = []
                for element in try value.elements() { result.protocols?.insert(try ipProtocol(element)) }
            }
        }
        return result
    }

    enum PortSelection: String, CaseIterable { case random, preserving }
    enum Pooling: String, CaseIterable { case paired, arbitrary }
    enum StrayTCP: String, CaseIterable { case drop, reset, pickUp }

    static func ipProtocol(_ place: Place) throws(ConfigurationError) -> UInt8 {
        switch try place.string() {
        case "tcp": return 6
        case "udp": return 17
        case "icmp": return 1
        case "icmpv6": return 58
        default: return UInt8(try place.integer(0...255))
        }
    }

    static func timeouts(_ place: Place) throws(ConfigurationError) -> Timeouts {
        let members = try place.members([
            "udp", "tcp-established", "tcp-transitory", "tcp-incoming-syn", "icmp", "other",
        ])
        var timeouts = Timeouts()
        let seconds = 1...8_640_000
        if let value = members["udp"] { timeouts.udp = .seconds(try value.integer(seconds)) }
        if let value = members["tcp-established"] { timeouts.tcpEstablished = .seconds(try value.integer(seconds)) }
        if let value = members["tcp-transitory"] { timeouts.tcpTransitory = .seconds(try value.integer(seconds)) }
        if let value = members["tcp-incoming-syn"] { timeouts.tcpIncomingSYN = .seconds(try value.integer(seconds)) }
        if let value = members["icmp"] { timeouts.icmpQuery = .seconds(try value.integer(seconds)) }
        if let value = members["other"] { timeouts.other = .seconds(try value.integer(seconds)) }
        return timeouts
    }

    static func connections(_ members: Members) throws(ConfigurationError) -> Int {
        try members["connections"]?.integer(1...100_000_000) ?? 262_144
    }

    /// A configured mapping.
    struct Static<Address: Sendable>: Sendable {
        var inside: Address
        var insidePort: UInt16
        var outside: IPv4Address
        var outsidePort: UInt16
        var ipProtocol: UInt8
        var fault: ConfigurationError
    }

    static func statics<Address: TextualAddress & Sendable>(_ members: Members, pool: [IPv4Address])
        throws(ConfigurationError) -> [Static<Address>]
    {
        var result: [Static<Address>] = []
        for place in try members.elements("static") {
            let values = try place.members(["protocol", "inside", "inside-port", "outside", "outside-port"])
            let outside = try values.required("outside", "198.51.100.1")
            let mapping = Static<Address>(
                inside: try values.required("inside", "2001:db8::1").parse(),
                insidePort: UInt16(try values.required("inside-port", "80").integer(0...65535)),
                outside: try outside.parse(),
                outsidePort: UInt16(try values.required("outside-port", "80").integer(0...65535)),
                ipProtocol: try ipProtocol(values.required("protocol", "tcp")), fault: place.fault(""))
            guard pool.contains(mapping.outside) else { throw outside.fault("not one of the pool's addresses") }
            result.append(mapping)
        }
        return result
    }

    static func forwarding(_ members: Members) throws(ConfigurationError) -> ForwardingOptions {
        var options = ForwardingOptions()
        if let value = members["hops"] { options.hops = UInt8(try value.integer(0...255)) }
        if let value = members["mtu"] { options.mtu = try value.integer(68...65535) }
        return options
    }

    // MARK: Translators

    static func sourceNAT(_ place: Place) throws(ConfigurationError) -> Maker {
        let members = try place.members(poolKeys + behaviourKeys + forwardingKeys + ["inside"])
        let addresses = try addresses(members)
        let configuration = try configuration(members, pool: addresses)
        var inside: [IPv4Prefix] = []
        for element in try members.elements("inside") { inside.append(try element.parse()) }
        let statics: [Static<IPv4Address>] = try statics(members, pool: addresses)
        let (capacity, options, prefixes) = (try connections(members), try forwarding(members), inside)
        return { secret in
            let nat = try NAPT(configuration, capacity: capacity, secret: secret)
            try add(statics, to: nat) { ($0, $1) }
            return try IPv4PacketNAT(NAPTFlows(nat, inside: prefixes), options: options)
        }
    }

    static func gateway(_ place: Place) throws(ConfigurationError) -> Maker {
        let members = try place.members(["kind", "pool", "connections"] + forwardingKeys)
        let addresses = try addresses(members)
        let (capacity, options) = (try connections(members), try forwarding(members))
        return { secret in
            let gateway = try NATGateway(addresses: addresses, capacity: capacity, secret: secret)
            return try IPv4PacketNAT(NAPTFlows(gateway), options: options)
        }
    }

    /// Adds configured mappings; `addresses` puts the two into the translator's terms.
    static func add<Inside, Address>(
        _ statics: [Static<Inside>], to nat: NAPT<Address>, _ addresses: (Inside, IPv4Address) -> (Address, Address)
    ) throws {
        for mapping in statics {
            let (inside, outside) = addresses(mapping.inside, mapping.outside)
            do throws(NAPTError) {
                try nat.addStaticMapping(
                    inside: inside, port: mapping.insidePort, outside: outside, outsidePort: mapping.outsidePort,
                    protocol: mapping.ipProtocol, now: MonotonicTime(nanoseconds: 0))
            } catch {
                var fault = mapping.fault
                fault.reason = "\(error)"
                throw fault
            }
        }
    }
}
