import Cluster
import TestSupport

extension ValidationCase {
    static let network: [ValidationCase] = [
        .init(
            .vpcIPv6UniqueLocal, .error, "vpc-0demo", ["fd00:1234:5678:1a00::/56", "global unicast"],
            .init(vpcs, wholeVPC6, "fd00:1234:5678:1a00::/56")),
        .init(
            .vpcIPv6UniqueLocal, .advice, "vpc-0demo", ["fd00:1234:5678:1a00::/56"],
            .init(vpcs, wholeVPC6, "fd00:1234:5678:1a00::/56"), ruleSet: .current),
        .init(
            .vpcIPv6Size, .error, "vpc-0demo", ["2001:db8:1234:1a00::/64", "/56"],
            .init(vpcs, wholeVPC6, "2001:db8:1234:1a00::/64")),
        .init(
            .vpcIPv6Size, .error, "vpc-0demo", ["2001:db8:1234:1a00::/64"],
            .init(vpcs, wholeVPC6, "2001:db8:1234:1a00::/64"), ruleSet: .current),
        .init(
            .vpcIPv6Size, .error, "vpc-0demo", ["4000:db8:1234:1a00::/56", "not global unicast"],
            .init(vpcs, wholeVPC6, "4000:db8:1234:1a00::/56")),
        .init(
            .vpcIPv6Missing, .error, "vpc-0demo", ["no IPv6 block"],
            .init(vpcs, after: wholeVPC6, #""State":"associated""#, #""State":"disassociated""#)),
        .init(.vpcIPv4Size, .error, "vpc-0demo", ["10.0.0.0/8"], .init(vpcs, "10.0.0.0/16", "10.0.0.0/8")),
        .init(.vpcIPv4Size, .error, "vpc-0demo", ["10.0.0.0/29"], .init(vpcs, "10.0.0.0/16", "10.0.0.0/29")),
        .init(
            .subnetIPv6Size, .error, "subnet-0private-a", ["2001:db8:1234:1a10::/80"],
            .init(subnets, "2001:db8:1234:1a10::/64", "2001:db8:1234:1a10::/80")),
        .init(
            .subnetIPv6Size, .error, "subnet-0private-a", ["2001:db8:1234:1a10::/80"],
            .init(subnets, "2001:db8:1234:1a10::/64", "2001:db8:1234:1a10::/80"), ruleSet: .current),
        .init(
            .subnetIPv4Size, .error, "subnet-0isolated-a", ["10.0.48.0/29"],
            .init(subnets, "10.0.48.0/28", "10.0.48.0/29")),
        .init(
            .subnetOutsideVPC, .error, "subnet-0private-b", ["2001:db8:9999::/64", wholeVPC6],
            .init(subnets, "2001:db8:1234:1a20::/64", "2001:db8:9999::/64")),
        .init(
            .subnetOutsideVPC, .error, "subnet-0private-b", ["172.16.0.0/20", "10.0.0.0/16"],
            .init(subnets, "10.0.32.0/20", "172.16.0.0/20")),
        .init(
            .subnetOverlap, .error, "subnet-0private-b", ["10.0.16.0/21", "10.0.16.0/20", "subnet-0private-a"],
            .init(subnets, "10.0.32.0/20", "10.0.16.0/21")),
        .init(
            .subnetOverlap, .error, "subnet-0private-b", ["2001:db8:1234:1a10::/64", "subnet-0private-a"],
            .init(subnets, "2001:db8:1234:1a20::/64", "2001:db8:1234:1a10::/64")),
        .init(
            .addressOutsideSubnet, .error, "eni-0node-b", ["10.0.32.10", "10.0.64.0/20"],
            .init(subnets, "10.0.32.0/20", "10.0.64.0/20")),
        .init(
            .referenceMissing, .error, "rtb-0private-b", ["nat-0gone", "rtb-0private-b", "NatGateways"],
            .init(tables, #""NatGatewayId": "nat-0b""#, #""NatGatewayId": "nat-0gone""#)),
        .init(
            .routeLocalMismatch, .error, "rtb-0private-a", ["10.9.0.0/16", "10.0.0.0/16"],
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #""DestinationCidrBlock":"10.0.0.0/16""#,
                #""DestinationCidrBlock":"10.9.0.0/16""#)),
        .init(
            .publicSubnetEgressOnly, .error, "rtb-0public", ["eigw-0demo", "load-balancer/web", "subnet-0public-a"],
            .init(
                tables, after: #""RouteTableId":"rtb-0public""#,
                #""DestinationIpv6CidrBlock":"::/0","State":"active","Origin":"CreateRoute","GatewayId":"igw-0demo""#,
                #""DestinationIpv6CidrBlock":"::/0","State":"active","Origin":"CreateRoute","EgressOnlyInternetGatewayId":"eigw-0demo""#
            )),
        .init(
            .privateSubnetInternetGateway, .warning, "rtb-0private-a", ["igw-0demo", "subnet-0private-a", "reachable"],
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #""EgressOnlyInternetGatewayId":"eigw-0demo""#,
                #""GatewayId":"igw-0demo""#)),
        .init(
            .routeBlackhole, .warning, "rtb-0private-b", ["100.64.8.0/24", "nat-0deleted"],
            .init(tables, "100.64.7.0/24", "100.64.8.0/24")),
        .init(
            .routeShadowed, .advice, "rtb-0private-a", ["0.0.0.0/0 → nat-0a", "0.0.0.0/1", "128.0.0.0/1"],
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
                #"{"DestinationCidrBlock":"0.0.0.0/1","NatGatewayId":"nat-0b","State":"active"},"#
                    + #"{"DestinationCidrBlock":"128.0.0.0/1","NatGatewayId":"nat-0b","State":"active"},{"DestinationPrefixListId":"#
            )),
        .init(
            .routeShadowed, .advice, "rtb-0private-a", ["192.168.0.0/16 → vgw-0onprem"],
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
                #"{"DestinationCidrBlock":"192.168.0.0/16","NatGatewayId":"nat-0b","State":"active"},{"DestinationPrefixListId":"#
            )),
        .init(
            .routeTargetUnsupported, .advice, "rtb-0private-a", ["tgw-0123", "TransitGatewayId"],
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
                #"{"DestinationCidrBlock":"172.16.0.0/12","TransitGatewayId":"tgw-0123","State":"active"},{"DestinationPrefixListId":"#
            )),
        .init(
            .naclBlocksReturnPorts, .warning, "acl-0private",
            ["rule 32767", "udp", "1024-40000", "0.0.0.0/0", "ingress"],
            .init(
                acls, after: #""RuleNumber":130,"#, #""From":32768,"To":65535"#, #""From":40001,"To":65535"#)),
        .init(
            .naclBlocksReturnPorts, .warning, "acl-0private", ["rule 32768", "tcp", "32768-60999", "::/0"],
            .init(acls, after: #""RuleNumber":121,"#, #""From":1024,"To":65535"#, #""From":443,"To":443"#)),
        .init(
            .naclBlocksReturnPorts, .warning, "acl-0default", ["egress", "rule 99", "tcp", "to ports 3389"],
            .init(
                acls, after: #""NetworkAclId":"acl-0default""#, #""Entries":["#,
                #""Entries":[{"RuleNumber":99,"Egress":true,"RuleAction":"deny","Protocol":"6","CidrBlock":"0.0.0.0/0","PortRange":{"From":3389,"To":3389}},"#
            )),
        .init(
            .naclBlocksPathMTUDiscovery, .advice, "acl-0private", ["ICMPv6 type 2"],
            .init(acls, after: #""RuleNumber":140,"Egress":false,"#, #""allow""#, #""deny""#)),
        .init(
            .naclRuleShadowed, .advice, "acl-0private", ["115", "10.0.5.0/24", "100"],
            .init(
                acls, after: #""NetworkAclId":"acl-0private""#, #""Entries":["#,
                #""Entries":[{"RuleNumber":115,"Egress":false,"RuleAction":"deny","Protocol":"6","CidrBlock":"10.0.5.0/24","PortRange":{"From":80,"To":80}},"#
            )),
        .init(
            .naclRuleShadowed, .advice, "sg-0alb", ["tcp 443 from 203.0.113.0/24"],
            .init(
                groups, after: #""FromPort":443,"ToPort":443"#, "]", #"]"#),
            .init(
                groups, after: #""FromPort":80,"ToPort":80},{"IpProtocol":"tcp","IpRanges":["#,
                #"{"CidrIp":"0.0.0.0/0"}"#,
                #"{"CidrIp":"0.0.0.0/0"},{"CidrIp":"203.0.113.0/24"}"#)),
        .init(
            .peeringNoReturnRoute, .error, "rtb-0peer", [wholeVPC6, "pcx-0database", "rtb-0private-a"],
            .init(
                tables, after: #""RouteTableId":"rtb-0peer""#,
                #",{"DestinationIpv6CidrBlock":"2001:db8:1234:1a00::/56","State":"active","Origin":"CreateRoute","VpcPeeringConnectionId":"pcx-0database"}"#,
                "")),
        .init(
            .peeringNoReturnRoute, .error, "rtb-0peer", ["10.0.0.0/16", "pcx-0database"],
            .init(
                tables, after: #""RouteTableId":"rtb-0peer""#,
                #",{"DestinationCidrBlock":"10.0.0.0/16","State":"active","Origin":"CreateRoute","VpcPeeringConnectionId":"pcx-0database"}"#,
                "")),
        .init(
            .peeringOverlap, .error, "pcx-0database", ["10.0.0.0/16", "vpc-0demo", "vpc-0peer"],
            .init(vpcs, "10.1.0.0/16", "10.0.0.0/16")),
        .init(
            .peeringOverlap, .error, "pcx-0database", [wholeVPC6], .init(vpcs, "2001:db8:1234:1b00::/56", wholeVPC6)),
        .init(
            .peeringNotActive, .warning, "pcx-0database", ["pending-acceptance"],
            .init("ec2-describe-vpc-peering-connections.json", #""Code": "active""#, #""Code": "pending-acceptance""#)),
        .init(
            .nat64RouteNotNAT, .error, "rtb-0v6only", ["64:ff9b::/96", "eigw-0demo"],
            .init(
                tables, after: #""RouteTableId":"rtb-0v6only""#, #""NatGatewayId":"nat-0a""#,
                #""EgressOnlyInternetGatewayId":"eigw-0demo""#)),
        .init(
            .dns64WithoutRoute, .warning, "subnet-0isolated-a", ["64:ff9b::/96", "rtb-0main"],
            .init(subnets, after: #""SubnetId":"subnet-0isolated-a""#, #""EnableDns64":false"#, #""EnableDns64":true"#)),
        .init(
            .natGatewayInPrivateSubnet, .error, "nat-0a", ["subnet-0isolated-a", "no route"],
            .init(nats, "subnet-0public-a", "subnet-0isolated-a")),
        .init(
            .eksAPIUnreachable, .error, "subnet-0v6only-a", ["DNS64 is off"],
            .init(subnets, after: #""SubnetId":"subnet-0v6only-a""#, #""EnableDns64":true"#, #""EnableDns64":false"#)),
        .init(
            .eksAPIUnreachable, .error, "subnet-0v6only-a", ["no route to 64:ff9b::/96", "rtb-0v6only"],
            .init(tables, after: #""RouteTableId":"rtb-0v6only""#, nat64InV6Only, "")),
        .init(
            .eksAPIUnreachable, .error, "subnet-0v6only-a", ["nat-0a", "deleted"],
            .init(nats, after: #""NatGatewayId":"nat-0a""#, #""State":"available""#, #""State":"deleted""#)),
        .init(
            .eksAPIUnreachable, .error, "subnet-0v6only-a", ["nat-0a", "gone"],
            .init(
                tables, after: #""RouteTableId":"rtb-0v6only""#,
                #""64:ff9b::/96","State":"active""#, #""64:ff9b::/96","State":"blackhole""#)),
        .init(
            .eksAPIUnreachable, .error, "subnet-0v6only-a", ["eigw-0demo", "not a NAT gateway"],
            .init(
                tables, after: #""RouteTableId":"rtb-0v6only""#, #""NatGatewayId":"nat-0a""#,
                #""EgressOnlyInternetGatewayId":"eigw-0demo""#)),
    ]
}
