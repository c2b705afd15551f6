import IPAddresses
import PrefixTrie

/// The look-ups of a network that its parts do not give by themselves.
struct NetworkIndex: Sendable {
    /// For each VPC: the interface that has an address, delegated prefixes among them.
    var interfaceByIPv4: [String: RadixTrie<IPv4Address, String>] = [:]
    var interfaceByIPv6: [String: RadixTrie<IPv6Address, String>] = [:]
    var interfaceByPublicIPv4: [IPv4Address: String] = [:]
    var interfacesByInstance: [String: [String]] = [:]
    var interfacesByDescription: [String: [String]] = [:]
    var vpcByIPv6 = RadixTrie<IPv6Address, String>()
    var vpcsByIPv4 = RadixTrie<IPv4Address, [String]>()
    var aclBySubnet: [String: String] = [:]
    var defaultACLByVPC: [String: String] = [:]
    var routeTableBySubnet: [String: String] = [:]
    var mainRouteTableByVPC: [String: String] = [:]
    var routeTableByGateway: [String: String] = [:]

    init(_ parts: Network.Parts) {
        for interface in parts.interfaces.values.sorted(by: { $0.id < $1.id }) { add(interface) }
        for vpc in parts.vpcs.values.sorted(by: { $0.id < $1.id }) {
            for block in vpc.ipv4Blocks { vpcsByIPv4[block, default: []].append(vpc.id) }
            for block in vpc.ipv6Blocks { vpcByIPv6[block] = vpc.id }
        }
        for acl in parts.acls.values {
            for subnet in acl.subnetIDs { aclBySubnet[subnet] = acl.id }
            if acl.isDefault { defaultACLByVPC[acl.vpcID] = acl.id }
        }
        for table in parts.routeTables.values {
            for subnet in table.subnetIDs { routeTableBySubnet[subnet] = table.id }
            for gateway in table.gatewayIDs { routeTableByGateway[gateway] = table.id }
            if table.isMain { mainRouteTableByVPC[table.vpcID] = table.id }
        }
    }

    private mutating func add(_ interface: NetworkInterface) {
        for assignment in interface.ipv4Addresses {
            interfaceByIPv4[interface.vpcID, default: .init()][.init(host: assignment.address)] = interface.id
            if let address = assignment.publicAddress { interfaceByPublicIPv4[address] = interface.id }
        }
        for prefix in interface.ipv4Prefixes {
            interfaceByIPv4[interface.vpcID, default: .init()][prefix] = interface.id
        }
        for address in interface.ipv6Addresses {
            interfaceByIPv6[interface.vpcID, default: .init()][.init(host: address)] = interface.id
        }
        for prefix in interface.ipv6Prefixes {
            interfaceByIPv6[interface.vpcID, default: .init()][prefix] = interface.id
        }
        if let instance = interface.instanceID { interfacesByInstance[instance, default: []].append(interface.id) }
        if !interface.details.isEmpty { interfacesByDescription[interface.details, default: []].append(interface.id) }
    }
}
