import IPAddresses
import Packets
import Translation

/// `kind: egress-only` and `kind: services`.
enum FilterReading {
    static func egressOnly(_ place: Place) throws(ConfigurationError) -> Maker {
        let members = try place.members(["kind", "inside", "connections", "timeouts"] + NAPTReading.forwardingKeys)
        _ = try members.required("inside", "[2001:db8::/56]")
        var inside: [IPv6Prefix] = []
        for element in try members.elements("inside") { inside.append(try element.parse()) }
        let timeouts = try members["timeouts"].map { (value) throws(ConfigurationError) in
            try NAPTReading.timeouts(value)
        }
        let (capacity, options) = (try NAPTReading.connections(members), try NAPTReading.forwarding(members))
        let prefixes = inside
        return { secret in
            let gateway = try EgressOnlyGateway(
                capacity: capacity, timeouts: timeouts ?? Timeouts(), secret: secret)
            return try PacketTranslator<IPv6HeaderChain, EgressOnlyFlows>(
                EgressOnlyFlows(gateway, inside: prefixes), options: options)
        }
    }

    /// Services of both families, told apart by their addresses.
    static func services(_ place: Place) throws(ConfigurationError) -> Maker {
        let members = try place.members(["kind", "services", "connections"] + NAPTReading.forwardingKeys)
        var ipv4: [(ServiceNAT<IPv4Address>.Key, ServiceNAT<IPv4Address>.Service)] = []
        var ipv6: [(ServiceNAT<IPv6Address>.Key, ServiceNAT<IPv6Address>.Service)] = []
        _ = try members.required("services", "[{address: fd00::1, port: 80, protocol: tcp, endpoints: […]}]")
        for place in try members.elements("services") {
            let values = try place.members(["address", "port", "protocol", "endpoints", "affinity", "masquerade"])
            let address = try values.required("address", "fd00:10:96::1")
            switch try address.parse(IPAddress.self) {
            case .v4(let key): ipv4.append(try service(key, values))
            case .v6(let key): ipv6.append(try service(key, values))
            }
        }
        let (capacity, options) = (try NAPTReading.connections(members), try NAPTReading.forwarding(members))
        let (all4, all6) = (ipv4, ipv6)
        return { secret in
            let nat4 = try ServiceNAT<IPv4Address>(capacity: capacity, secret: secret)
            for (key, service) in all4 { nat4.set(key, service) }
            let nat6 = try ServiceNAT<IPv6Address>(capacity: capacity, secret: secret)
            for (key, service) in all6 { nat6.set(key, service) }
            return try DualStackServices(nat4, nat6, options: options)
        }
    }

    private static func service<Address: ConnectionAddress & TextualAddress>(
        _ address: Address, _ values: Members
    ) throws(ConfigurationError) -> (ServiceNAT<Address>.Key, ServiceNAT<Address>.Service) {
        let port = UInt16(try values.required("port", "80").integer(1...65535))
        let number = try NAPTReading.ipProtocol(values.required("protocol", "tcp"))
        var endpoints: [ServiceNAT<Address>.Endpoint] = []
        for element in try values.elements("endpoints") {
            let endpoint = try element.members(["address", "port"])
            endpoints.append(
                ServiceNAT.Endpoint(
                    try endpoint.required("address", "2001:db8::1").parse(),
                    UInt16(try endpoint.required("port", "8080").integer(1...65535))))
        }
        let affinity = try values["affinity"].map { (value) throws(ConfigurationError) in try value.integer(1...86_400)
        }
        let masquerade: Address? = try values["masquerade"]?.parse()
        return (
            ServiceNAT.Key(address, port, protocol: number),
            ServiceNAT.Service(
                endpoints, affinity: affinity.map { .seconds($0) }, masquerade: masquerade,
                masqueradesAll: masquerade != nil)
        )
    }
}
