import IPAddresses
import VPC

extension Walk {
    /// The services that a host reaches without leaving its link; nil where packets are for none of them.
    ///
    /// Neither security groups nor network ACLs see them (Amazon VPC User Guide, "Network ACL basics").
    mutating func linkLocalService(_ interface: NetworkInterface, cameThroughPod: Bool) -> Outcome? {
        guard leg == .forward else { return nil }
        switch flow.destination {
        case .v4(IPv4Address(169, 254, 169, 254)), .v6(Self.metadataIPv6):
            return metadataService(interface, cameThroughPod: cameThroughPod)
        case .v4(IPv4Address(169, 254, 169, 253)), .v6(Self.resolverIPv6):
            return arriveOnLink(interface, Component(.resolver, "\(flow.destination)"), "the VPC's resolver")
        case .v4(IPv4Address(169, 254, 169, 123)), .v6(Self.timeIPv6):
            return arriveOnLink(interface, Component(.other, "\(flow.destination)"), "the Amazon Time Sync Service")
        case .v4(let address):
            if let vpc = network.vpcs[interface.vpcID], vpc.resolver == address {
                return arriveOnLink(
                    interface, Component(.resolver, "\(address)"), "the VPC's resolver (the block's base plus two)")
            }
            guard address.isLinkLocal else { return nil }
        case .v6(let address):
            guard address.isLinkLocal else { return nil }
        }
        return block(
            Component(.subnet, interface.subnetID), .noInterfaceHasAddress,
            "\(flow.destination) is link-local: no router carries it"
        )
    }

    private static let metadataIPv6 = IPv6Address(high: 0xFD00_0EC2_0000_0000, low: 0x254)
    private static let resolverIPv6 = IPv6Address(high: 0xFD00_0EC2_0000_0000, low: 0x253)
    private static let timeIPv6 = IPv6Address(high: 0xFD00_0EC2_0000_0000, low: 0x123)

    private mutating func arriveOnLink(_ interface: NetworkInterface, _ component: Component, _ text: String) -> Outcome
    {
        let owner = owner(of: interface)
        if let reason = track(owner.id, from: flow) { return refuse(owner, reason, flow) }
        return arrive(.linkLocal(component, interface: interface.id), component, text)
    }

    /// The instance metadata service (EC2 User Guide, "Use instance metadata to manage your EC2 instance").
    private mutating func metadataService(_ interface: NetworkInterface, cameThroughPod: Bool) -> Outcome {
        let component = Component(.metadataService, "\(flow.destination)")
        guard let instance = interface.instanceID.flatMap({ network.instances[$0] }) else {
            return block(
                component, .metadataDisabled,
                "there is no metadata service here: \(owner(of: interface).id) is no EC2 instance")
        }
        let options = instance.metadata
        if !options.isEnabled {
            return block(component, .metadataDisabled, "HttpEndpoint of \(instance.id) is disabled; enable it")
        }
        if flow.family == .ipv6 {
            guard ruleSet.allows(.metadataOverIPv6) else {
                return block(
                    component, .metadataIPv6,
                    "the metadata service over IPv6 is unsupported (rule set seed); use 169.254.169.254")
            }
            if !options.isIPv6Enabled {
                return block(
                    component, .metadataIPv6,
                    "HttpProtocolIpv6 of \(instance.id) is disabled; enable it, or use 169.254.169.254")
            }
        }
        if cameThroughPod, options.hopLimit < 2 {
            return block(
                component, .metadataHopLimit,
                "HttpPutResponseHopLimit of \(instance.id) is \(options.hopLimit): the answer does not get from the node to the pod; set 2"
            )
        }
        return arriveOnLink(interface, component, "answers \(instance.id)")
    }
}
