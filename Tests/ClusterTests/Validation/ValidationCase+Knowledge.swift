import Cluster
import TestSupport

/// What the snapshot does not hold, network policies, and what stands there without effect.
extension ValidationCase {
    static let knowledge: [ValidationCase] = [
        .init(.snapshotIncomplete, .warning, "NetworkAcls", ["no network ACLs are in the snapshot"], .removing(acls)),
        .init(
            .snapshotIncomplete, .warning, "subnet-0private-a", ["no network ACL of the snapshot is associated"],
            .init(acls, after: "acl-0private", #""SubnetId":"subnet-0private-a""#, #""Other":"subnet-0private-a""#)),
        .init(
            .snapshotIncomplete, .warning, "DaemonSet", ["no daemon sets are in the snapshot"],
            .removing("kubectl-get-daemonsets-agents.yaml"), .removing(daemonSets)),
        .init(
            .snapshotIncomplete, .warning, "target-group/web", ["the targets of target-group/web"],
            .removing("elbv2-describe-target-health-web.json")),
        .init(
            .snapshotIncomplete, .warning, "network-policy/default/by-team", ["asks for labels of namespaces"],
            .init("kubectl-get-shop.yaml", "    name: default\n", "    name: other\n"),
            policy("by-team", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]}")),
        .init(
            .snapshotIncomplete, .warning, "Pod", ["21 pods were collected, and the snapshot holds 20"],
            .adding(
                "manifest.jsonl",
                #"{"dataplaneCall":{"file":"kubectl-get-pods.yaml","command":"kubectl get pods","kind":"Pod","count":21}}"#
            )),
        .init(
            .gatewayUnattached, .error, "rtb-0public", ["igw-0demo", "not attached to vpc-0demo"],
            .init("ec2-describe-internet-gateways.json", #""State": "available""#, #""State": "detached""#)),
        .init(
            .endpointNotAvailable, .warning, "vpce-0s3", ["pendingAcceptance"],
            .init("ec2-describe-vpc-endpoints.json", #""State": "available""#, #""State": "pendingAcceptance""#)),
        .init(
            .endpointClosed, .error, "vpce-0ecr", ["com.amazonaws.us-east-1.ecr.api", "lets anyone in"],
            .adding("ecr.json", interfaceEndpoint)),
        .init(
            .natGatewayFailed, .warning, "nat-0b", ["has failed: Network vpc-0demo has no Internet gateway attached"],
            .init(
                nats, after: #""NatGatewayId":"nat-0b""#, #""State":"available""#,
                #""State":"failed","FailureMessage":"Network vpc-0demo has no Internet gateway attached""#)),
        .init(
            .publicAccessBlocked, .warning, "vpc-block-public-access", ["block-bidirectional", "rtb-0public"],
            .adding(
                "bpa.json",
                #"{"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "block-bidirectional"}}"#)),
        .init(
            .listenerRuleUnreachable, .warning, "load-balancer/web", ["rule 20 (path /a/b)", "rule 10 (path /a/*)"],
            .adding("rules.json", listenerRules)),
        .init(
            .networkPolicySelectsNothing, .warning, "network-policy/default/nobody", ["app=nobody"],
            policy("nobody", "{podSelector: {matchLabels: {app: nobody}}}")),
        .init(
            .networkPolicyNotEnforced, .error, "network-policy/default/deny", ["--enable-network-policy"],
            policy("deny", "{podSelector: {}}"),
            .init(daemonSets, "--enable-network-policy=true", "--enable-network-policy=false")),
        .init(
            .networkPolicyIPv4Unfiltered, .warning, "network-policy/default/deny", ["pod/default/client", "metadata"],
            policy("deny", "{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}")),
        .init(
            .networkPolicyBlocksDNS, .warning, "network-policy/default/deny", ["pod/default/client", "udp 53"],
            policy("deny", "{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}")),
        .init(
            .networkPolicyServicePort, .warning, "network-policy/default/to-web", ["port 80", "service/default/web"],
            policy(
                "to-web",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]}"
            )),
        .init(
            .networkPolicyPodWithoutOwner, .advice, "pod/default/client", ["ownerReferences"],
            policy("deny", "{podSelector: {matchLabels: {app: client}}}")),
        .init(
            .clusterEndpointClosed, .error, "cluster/demo",
            ["203.0.113.0/24", "subnet-0private-a (198.51.100.11)", "cannot join"],
            .init(clusters, #""endpointPrivateAccess": true"#, #""endpointPrivateAccess": false"#),
            .init(clusters, "0.0.0.0/0", "203.0.113.0/24")),
        .init(
            .routeTargetUnsupported, .advice, "rtb-0private-a", ["vpce-0nfw", "GatewayLoadBalancer"],
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
                #"{"DestinationCidrBlock":"203.0.113.0/24","GatewayId":"vpce-0nfw","State":"active"},{"DestinationPrefixListId":"#
            ),
            .adding(
                "nfw.json",
                #"{"VpcEndpoints": [{"VpcEndpointId": "vpce-0nfw", "VpcEndpointType": "GatewayLoadBalancer", "VpcId": "vpc-0demo"}]}"#
            )),
        .init(
            .routeShadowed, .advice, "rtb-0private-a", ["10.0.32.0/24", "10.0.0.0/16"],
            .init(
                tables, after: #""RouteTableId":"rtb-0private-a""#, #"{"DestinationPrefixListId":"#,
                #"{"DestinationCidrBlock":"10.0.32.0/24","GatewayId":"vgw-0onprem","State":"active","Origin":"EnableVgwRoutePropagation"},{"DestinationPrefixListId":"#
            )),
    ]

    private static func policy(_ name: String, _ spec: String) -> ExampleCluster.Edit {
        .adding(
            "policy-\(name).yaml",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: \(name), namespace: default}
            spec: \(spec)

            """)
    }

    private static let interfaceEndpoint = """
        {"VpcEndpoints": [{"VpcEndpointId": "vpce-0ecr", "VpcEndpointType": "Interface", "VpcId": "vpc-0demo",
          "ServiceName": "com.amazonaws.us-east-1.ecr.api", "State": "available", "NetworkInterfaceIds": ["eni-0ecr"],
          "PrivateDnsEnabled": true, "DnsEntries": [{"DnsName": "api.ecr.us-east-1.amazonaws.com"}]}],
         "NetworkInterfaces": [{"NetworkInterfaceId": "eni-0ecr", "InterfaceType": "vpc_endpoint", "VpcId": "vpc-0demo",
          "SubnetId": "subnet-0private-a", "Groups": [{"GroupId": "sg-0ecr"}],
          "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.16.200", "Primary": true}]}],
         "SecurityGroups": [{"GroupId": "sg-0ecr", "VpcId": "vpc-0demo", "IpPermissions": [], "IpPermissionsEgress": []}]}
        """

    private static let listenerRules = """
        {"Rules": [
          {"RuleArn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener-rule/app/web/0alb/0l80/0r1", "Priority": "10",
           "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a/*"]}}],
           "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}]},
          {"RuleArn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener-rule/app/web/0alb/0l80/0r2", "Priority": "20",
           "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a/b"]}}],
           "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "410"}}]}]}
        """
}
