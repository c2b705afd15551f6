/// VPC Block Public Access: what internet gateways and egress-only internet gateways of a Region let through at all.
///
/// Source: Amazon VPC User Guide, "Block public access to VPCs and subnets".
public struct BlockPublicAccess: Hashable, Sendable {
    public var mode: Mode
    public var exclusions: [Exclusion]

    public init(mode: Mode, exclusions: [Exclusion] = []) {
        self.mode = mode
        self.exclusions = exclusions
    }

    /// `InternetGatewayBlockMode`.
    public enum Mode: String, Sendable {
        case off

        /// Nothing passes, either way.
        case bidirectional = "block-bidirectional"

        /// Connections from the internet do not pass; those that NAT gateways and egress-only gateways open do.
        case ingress = "block-ingress"
    }

    /// A VPC or a subnet that is excluded (`InternetGatewayExclusionMode`).
    public struct Exclusion: Hashable, Sendable {
        public var id: String

        /// The VPC or the subnet.
        public var resourceID: String

        /// Whether connections from the internet pass as well (`allow-bidirectional`), or only those to it (`allow-egress`).
        public var allowsIngress: Bool

        public init(id: String, resourceID: String, allowsIngress: Bool) {
            self.id = id
            self.resourceID = resourceID
            self.allowsIngress = allowsIngress
        }
    }

    /// Whether connections of a subnet pass the gateway.
    ///
    /// `isInbound`: they come from the internet. `subnetID` is the subnet whose interface talks to the gateway, a NAT gateway's
    /// and not the sender's behind it.
    public func allows(subnetID: String, vpcID: String, isInbound: Bool, isTranslatedOrEgressOnly: Bool) -> Bool {
        if mode == .off { return true }
        let excluded = exclusions.filter { $0.resourceID == subnetID || $0.resourceID == vpcID }
        if excluded.contains(where: { $0.allowsIngress || !isInbound }) { return true }
        return mode == .ingress && !isInbound && isTranslatedOrEgressOnly
    }
}
