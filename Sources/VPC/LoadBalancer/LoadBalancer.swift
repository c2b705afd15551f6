import IPAddresses

/// An Application or Network Load Balancer (Elastic Load Balancing version 2).
public struct LoadBalancer: Hashable, Sendable {
    public var arn: String
    public var name: String
    public var kind: Kind
    public var isInternetFacing: Bool
    public var isDualStack: Bool
    public var dnsName: String?
    public var vpcID: String
    public var subnetIDs: [String]

    /// Whether the balancer has prefixes for IPv6 source NAT (`EnablePrefixForIpv6SourceNat`), which UDP over IPv6 needs.
    public var hasIPv6SourceNATPrefix: Bool

    /// Its security groups; Network Load Balancers may have none.
    public var groupIDs: [String]
    public var listeners: [Listener]

    /// `active`, `provisioning`, `active_impaired` or `failed`.
    public var state = "active"

    /// By key, as `describe-load-balancer-attributes` prints them; nil where they were not collected.
    public var attributes: [String: String]?

    public init(
        arn: String, name: String, kind: Kind, isInternetFacing: Bool, isDualStack: Bool, dnsName: String?,
        vpcID: String, subnetIDs: [String], hasIPv6SourceNATPrefix: Bool, groupIDs: [String] = [],
        listeners: [Listener] = [], attributes: [String: String]? = nil
    ) {
        self.arn = arn
        self.name = name
        self.kind = kind
        self.isInternetFacing = isInternetFacing
        self.isDualStack = isDualStack
        self.dnsName = dnsName
        self.vpcID = vpcID
        self.subnetIDs = subnetIDs
        self.hasIPv6SourceNATPrefix = hasIPv6SourceNATPrefix
        self.groupIDs = groupIDs
        self.listeners = listeners
        self.attributes = attributes
    }

    public enum Kind: String, Sendable {
        case application
        case network
        case gateway
    }

    /// How the interfaces of this balancer describe themselves: `ELB app/web/0alb`.
    public var interfaceDescription: String {
        let parts = arn.split(separator: ":loadbalancer/", maxSplits: 1)
        return "ELB " + (parts.count == 2 ? String(parts[1]) : name)
    }
}
