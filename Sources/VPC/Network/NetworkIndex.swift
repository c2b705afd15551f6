import IPAddresses
import PrefixTrie

/// The look-ups of a network that its parts do not give by themselves.
struct NetworkIndex: Sendable {
    /// For each VPC: the interface that has an address, delegated prefixes among them.
    let interfaceByIPv4: [String: PrefixLookup<IPv4Address, String>]
    let interfaceByIPv6: [String: PrefixLookup<IPv6Address, String>]
    var interfaceByPublicIPv4: [IPv4Address: String] = [:]
    var interfacesByInstance: [String: [String]] = [:]
    var interfacesByDescription: [String: [String]] = [:]
    let vpcByIPv6: PrefixLookup<IPv6Address, String>
    let vpcsByIPv4: PrefixLookup<IPv4Address, [String]>
    var aclBySubnet: [String: String] = [:]
    var routeTableBySubnet: [String: String] = [:]
    var mainRouteTableByVPC: [String: String] = [:]
    var routeTableByGateway: [String: String] = [:]

    init(_ parts: Network.Parts) {
        var addresses = InterfaceAddresses()
        let interfaces = parts.interfaces.values.sorted { $0.id < $1.id }
        for interface in interfaces { addresses.add(interface) }
        interfaceByIPv4 = addresses.ipv4.mapValues { PrefixLookup($0) }
        interfaceByIPv6 = addresses.ipv6.mapValues { PrefixLookup($0) }
        var (byIPv6, byIPv4) = (RadixTrie<IPv6Address, String>(), RadixTrie<IPv4Address, [String]>())
        for vpc in parts.vpcs.values.sorted(by: { $0.id < $1.id }) {
            for block in vpc.ipv4Blocks { byIPv4[block, default: []].append(vpc.id) }
            for block in vpc.ipv6Blocks { byIPv6[block] = vpc.id }
        }
        vpcByIPv6 = PrefixLookup(byIPv6)
        vpcsByIPv4 = PrefixLookup(byIPv4)
        for interface in interfaces { add(interface) }
        for acl in parts.acls.values {
            for subnet in acl.subnetIDs { aclBySubnet[subnet] = acl.id }
        }
        for table in parts.routeTables.values {
            for subnet in table.subnetIDs { routeTableBySubnet[subnet] = table.id }
            for gateway in table.gatewayIDs { routeTableByGateway[gateway] = table.id }
            if table.isMain { mainRouteTableByVPC[table.vpcID] = table.id }
        }
    }

    private mutating func add(_ interface: NetworkInterface) {
        for assignment in interface.ipv4Addresses {
            if let address = assignment.publicAddress { interfaceByPublicIPv4[address] = interface.id }
        }
        if let instance = interface.instanceID { interfacesByInstance[instance, default: []].append(interface.id) }
        if !interface.details.isEmpty { interfacesByDescription[interface.details, default: []].append(interface.id) }
    }
}

/// The interfaces' addresses and delegated prefixes, by VPC.
private struct InterfaceAddresses {
    var ipv4: [String: RadixTrie<IPv4Address, String>] = [:]
    var ipv6: [String: RadixTrie<IPv6Address, String>] = [:]

    mutating func add(_ interface: NetworkInterface) {
        for prefix in interface.ipv4Addresses.map({ IPv4Prefix(host: $0.address) }) + interface.ipv4Prefixes {
            ipv4[interface.vpcID, default: .init()][prefix] = interface.id
        }
        for prefix in interface.ipv6Addresses.map({ IPv6Prefix(host: $0) }) + interface.ipv6Prefixes {
            ipv6[interface.vpcID, default: .init()][prefix] = interface.id
        }
    }
}
