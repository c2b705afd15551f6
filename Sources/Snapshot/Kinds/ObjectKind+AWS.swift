import Cluster

extension ObjectKind {
    static let aws: [ObjectKind] = [
        .init(name: "Vpcs", origin: .aws, state: .decides, reason: "blocks"),
        .init(name: "Subnets", origin: .aws, state: .decides, reason: "blocks, zones, DNS64"),
        .init(name: "RouteTables", origin: .aws, state: .decides, reason: "routes, associations"),
        .init(name: "NetworkAcls", origin: .aws, state: .decides, reason: "rules, associations"),
        .init(name: "SecurityGroups", origin: .aws, state: .decides, reason: "rules"),
        .init(name: "InternetGateways", origin: .aws, state: .decides, reason: "attachments"),
        .init(name: "EgressOnlyInternetGateways", origin: .aws, state: .decides, reason: "attachments"),
        .init(name: "VpnGateways", origin: .aws, state: .decides, reason: "attachments"),
        .init(name: "NatGateways", origin: .aws, state: .decides, reason: "addresses, state"),
        .init(name: "VpcPeeringConnections", origin: .aws, state: .decides, reason: "both ends, state"),
        .init(name: "VpcEndpoints", origin: .aws, state: .decides, reason: "interfaces, names, state"),
        .init(name: "PrefixLists", origin: .aws, state: .decides, reason: "prefixes that routes and rules name"),
        .init(name: "ManagedPrefixLists", origin: .aws, state: .decides, reason: "prefixes that routes and rules name"),
        .init(name: "Entries", origin: .aws, state: .decides, reason: "prefixes that routes and rules name"),
        .init(name: "NetworkInterfaces", origin: .aws, state: .decides, reason: "addresses, groups"),
        .init(name: "Reservations", origin: .aws, state: .decides, reason: "interfaces, metadata options"),
        .init(name: "InstanceTypes", origin: .aws, state: .decides, reason: "how many pods a node may run"),
        .init(name: "LoadBalancers", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(name: "Listeners", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(name: "Rules", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(name: "TargetGroups", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(
            name: "TargetHealthDescriptions", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(name: "Attributes", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(
            name: "LoadBalancerTargetHealth", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(
            name: "LoadBalancerAttributes", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(name: "LoadBalancerListeners", origin: .aws, state: .decides, reason: "the way through load balancers"),
        .init(name: "cluster", origin: .aws, state: .decides, reason: "the cluster's family, service block, endpoint"),
        .init(name: "fargateProfile", origin: .aws, state: .decides, reason: "subnets of Fargate pods (validate)"),
        .init(
            name: "VpcBlockPublicAccessOptions", origin: .aws, state: .decides,
            reason: "what passes internet gateways at all"),
        .init(
            name: "VpcBlockPublicAccessExclusions", origin: .aws, state: .decides,
            reason: "what passes internet gateways at all"),
        .init(name: "EnableDnsSupport", origin: .aws, state: .decides, reason: "whether private names are answered"),
        .init(name: "EnableDnsHostnames", origin: .aws, state: .decides, reason: "whether private names are answered"),
        .init(name: "dataplaneCall", origin: .aws, state: .decides, reason: "what was collected, and when"),
        .init(
            name: "TransitGateways", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayAttachments", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayVpcAttachments", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayPeeringAttachments", origin: .aws, state: .unchecked, scope: .itself,
            effect: .mayChange, identifier: "TransitGatewayId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayConnects", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayRouteTables", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayRouteTableAssociations", origin: .aws, state: .unchecked, scope: .itself,
            effect: .mayChange, identifier: "TransitGatewayAttachmentId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayRouteTablePropagations", origin: .aws, state: .unchecked, scope: .itself,
            effect: .mayChange, identifier: "TransitGatewayAttachmentId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayPrefixListReferences", origin: .aws, state: .unchecked, scope: .itself,
            effect: .mayChange, identifier: "TransitGatewayAttachmentId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayPolicyTables", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayAttachmentId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayMulticastDomains", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayAttachmentId", reason: "transit gateways are not modelled"),
        .init(
            name: "TransitGatewayStaticRoutes", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayRouteTableId", reason: "routes of transit gateways are not modelled"),
        .init(
            name: "TransitGatewayPropagations", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayRouteTableId", reason: "routes of transit gateways are not modelled"),
        .init(
            name: "Routes", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "TransitGatewayRouteTableId", reason: "routes of transit gateways are not modelled"),
        .init(
            name: "VpnConnections", origin: .aws, state: .unchecked, scope: .itself, effect: .named,
            identifier: "VpnConnectionId", reason: "the way beyond a VPN gateway is assumed to be there"),
        .init(
            name: "CustomerGateways", origin: .aws, state: .unchecked, scope: .itself, effect: .named,
            identifier: "CustomerGatewayId", reason: "the way beyond a VPN gateway is assumed to be there"),
        .init(
            name: "directConnectGateways", origin: .aws, state: .unchecked, scope: .itself, effect: .named,
            identifier: "directConnectGatewayId", reason: "Direct Connect is assumed to be there"),
        .init(
            name: "directConnectGatewayAssociations", origin: .aws, state: .unchecked, scope: .itself, effect: .named,
            identifier: "directConnectGatewayId", reason: "Direct Connect is assumed to be there"),
        .init(
            name: "virtualInterfaces", origin: .aws, state: .unchecked, scope: .itself, effect: .named,
            identifier: "virtualInterfaceId", reason: "Direct Connect is assumed to be there"),
        .init(
            name: "connections", origin: .aws, state: .unchecked, scope: .itself, effect: .named,
            identifier: "connectionId", reason: "Direct Connect is assumed to be there"),
        .init(
            name: "CarrierGateways", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "CarrierGatewayId", reason: "carrier gateways are not modelled"),
        .init(
            name: "LocalGateways", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "LocalGatewayId", reason: "local gateways are not modelled"),
        .init(
            name: "CoreNetworks", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "CoreNetworkArn", reason: "Cloud WAN is not modelled"),
        .init(
            name: "Firewalls", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "FirewallName", reason: "Network Firewall is not modelled"),
        .init(
            name: "Firewall", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "FirewallName", reason: "Network Firewall is not modelled"),
        .init(
            name: "FirewallPolicy", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "FirewallPolicyName", reason: "Network Firewall is not modelled"),
        .init(
            name: "FirewallPolicyResponse", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "FirewallPolicyName", reason: "Network Firewall is not modelled"),
        .init(
            name: "RuleGroup", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "FirewallPolicyName", reason: "Network Firewall is not modelled"),
        .init(
            name: "RuleGroupResponse", origin: .aws, state: .unchecked, scope: .itself, effect: .mayChange,
            identifier: "FirewallPolicyName", reason: "Network Firewall is not modelled"),
        .init(
            name: "ClientVpnEndpoints", origin: .aws, state: .unchecked, scope: .itself, effect: .named,
            identifier: "ClientVpnEndpointId", reason: "clients of Client VPN are not modelled"),
        .init(
            name: "VpcEncryptionControls", origin: .aws, state: .unchecked, scope: .vpc, effect: .mayDeny,
            identifier: "VpcId", reason: "an enforcing mode drops what is not encrypted"),
        .init(
            name: "ResolverRules", origin: .aws, state: .unchecked, scope: .names, effect: .named, identifier: "Id",
            reason: "names are taken from the hosts file"),
        .init(
            name: "ResolverRuleAssociations", origin: .aws, state: .unchecked, scope: .names, effect: .named,
            identifier: "ResolverRuleId", reason: "names are taken from the hosts file"),
        .init(
            name: "FirewallRuleGroups", origin: .aws, state: .unchecked, scope: .names, effect: .named,
            identifier: "Id", reason: "DNS Firewall may refuse names"),
        .init(
            name: "FirewallRuleGroupAssociations", origin: .aws, state: .unchecked, scope: .names, effect: .named,
            identifier: "Id", reason: "DNS Firewall may refuse names"),
        .init(
            name: "FirewallRules", origin: .aws, state: .unchecked, scope: .names, effect: .named, identifier: "Id",
            reason: "DNS Firewall may refuse names"),
        .init(
            name: "HostedZones", origin: .aws, state: .unchecked, scope: .names, effect: .named, identifier: "Name",
            reason: "names are taken from the hosts file"),
        .init(
            name: "HostedZoneSummaries", origin: .aws, state: .unchecked, scope: .names, effect: .named,
            identifier: "Name", reason: "names are taken from the hosts file"),
        .init(
            name: "ResourceRecordSets", origin: .aws, state: .unchecked, scope: .names, effect: .named,
            identifier: "Name", reason: "names are taken from the hosts file"),
        .init(
            name: "WebACLs", origin: .aws, state: .unchecked, scope: .loadBalancers, effect: .named, identifier: "Name",
            reason: "a web ACL may refuse requests"),
        .init(
            name: "Accelerators", origin: .aws, state: .unchecked, scope: .loadBalancers, effect: .named,
            identifier: "AcceleratorArn", reason: "Global Accelerator comes before load balancers"),
        .init(
            name: "LoadBalancerDescriptions", origin: .aws, state: .unchecked, scope: .loadBalancers, effect: .named,
            identifier: "LoadBalancerName", reason: "Classic Load Balancers are not modelled"),
        .init(
            name: "nodegroup", origin: .aws, state: .irrelevant,
            reason: "how nodes and add-ons were made: what runs counts"),
        .init(
            name: "nodegroups", origin: .aws, state: .irrelevant,
            reason: "how nodes and add-ons were made: what runs counts"),
        .init(
            name: "addon", origin: .aws, state: .irrelevant, reason: "how nodes and add-ons were made: what runs counts"
        ),
        .init(
            name: "addons", origin: .aws, state: .irrelevant,
            reason: "how nodes and add-ons were made: what runs counts"),
        .init(
            name: "fargateProfileNames", origin: .aws, state: .irrelevant,
            reason: "how nodes and add-ons were made: what runs counts"),
        .init(name: "SecurityGroupRules", origin: .aws, state: .irrelevant, reason: "the groups' own rules count"),
        .init(name: "Addresses", origin: .aws, state: .irrelevant, reason: "the interfaces' associations count"),
        .init(name: "DhcpOptions", origin: .aws, state: .irrelevant, reason: "which name servers instances are told"),
        .init(name: "RouteServers", origin: .aws, state: .irrelevant, reason: "the route tables' own routes count"),
        .init(
            name: "RouteServerEndpoints", origin: .aws, state: .irrelevant, reason: "the route tables' own routes count"
        ),
        .init(name: "RouteServerPeers", origin: .aws, state: .irrelevant, reason: "the route tables' own routes count"),
        .init(
            name: "VpcEndpointConnections", origin: .aws, state: .irrelevant, reason: "the endpoints' own state counts"),
        .init(
            name: "VpcEndpointServiceConfigurations", origin: .aws, state: .irrelevant,
            reason: "the endpoints' own state counts"),
        .init(
            name: "ServiceConfigurations", origin: .aws, state: .irrelevant, reason: "the endpoints' own state counts"),
        .init(name: "ServiceDetails", origin: .aws, state: .irrelevant, reason: "the endpoints' own state counts"),
        .init(name: "ServiceNames", origin: .aws, state: .irrelevant, reason: "the endpoints' own state counts"),
        .init(name: "FlowLogs", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "KeyPairs", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "Volumes", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "Snapshots", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "Images", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "Tags", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "Regions", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "AvailabilityZones", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "AccountAttributes", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "InstanceStatuses", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "LaunchTemplates", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "LaunchTemplateVersions", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "NetworkInsightsPaths", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "NetworkInsightsAnalyses", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "TrafficMirrorSessions", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "PlacementGroups", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "SpotInstanceRequests", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "CapacityReservations", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "IpamPools", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "Ipams", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "IpamScopes", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "VpcPeeringConnectionsOptions", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "StaleSecurityGroupSet", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "AutoScalingGroups", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "Certificates", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "SslPolicies", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "TagDescriptions", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "ResponseMetadata", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "NextToken", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "nextToken", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
        .init(name: "NextMarker", origin: .aws, state: .irrelevant, reason: "no packet meets it"),
    ]
}
