import Cluster
import Snapshot
import Testing
import TestSupport

/// An edit of the example cluster, and what the validator has to find in it.
struct ValidationCase: Sendable, CustomTestStringConvertible {
    let id: Finding.Identifier
    let severity: Finding.Severity
    let component: String
    /// Texts that the message has to hold.
    let values: [String]
    let edits: [ExampleCluster.Edit]
    var ruleSet = RuleSet.seed
    /// Edits of the earlier snapshot, where there is one.
    var earlier: [ExampleCluster.Edit]?

    var testDescription: String { "\(id.rawValue) \(severity) \(ruleSet.name): \(values.first ?? "")" }

    init(
        _ id: Finding.Identifier, _ severity: Finding.Severity, _ component: String, _ values: [String],
        _ edits: ExampleCluster.Edit..., ruleSet: RuleSet = .seed, earlier: [ExampleCluster.Edit]? = nil
    ) {
        (self.id, self.severity, self.component, self.values, self.edits) = (id, severity, component, values, edits)
        (self.ruleSet, self.earlier) = (ruleSet, earlier)
    }
}

func exampleSnapshot(_ edits: [ExampleCluster.Edit] = []) throws -> Snapshot {
    try Snapshot(
        files: ExampleCluster.files(edits).map { .init(path: $0.path, bytes: $0.bytes) }, name: "Examples/cluster",
        toleratesMissing: true)
}

/// Files of the example, and texts of theirs that several cases change.
extension ValidationCase {
    static let vpcs = "ec2-describe-vpcs.json"
    static let subnets = "ec2-describe-subnets.json"
    static let tables = "ec2-describe-route-tables.json"
    static let acls = "ec2-describe-network-acls.json"
    static let groups = "ec2-describe-security-groups.json"
    static let interfaces = "ec2-describe-network-interfaces.json"
    static let instances = "ec2-describe-instances.json"
    static let nats = "ec2-describe-nat-gateways.json"
    static let pods = "kubectl-get-pods.yaml"
    static let nodes = "kubectl-get-nodes.yaml"
    static let services = "kubectl-get-services.yaml"
    static let ingresses = "kubectl-get-ingresses.yaml"
    static let daemonSets = "kubectl-get-daemonsets.yaml"
    static let balancers = "elbv2-describe-load-balancers.json"
    static let listeners = "elbv2-describe-listeners.json"
    static let clusters = "eks-describe-cluster.json"

    static let nat64InV6Only =
        #",{"DestinationIpv6CidrBlock":"64:ff9b::/96","State":"active","Origin":"CreateRoute","NatGatewayId":"nat-0a"}"#

    static let wholeVPC6 = "2001:db8:1234:1a00::/56"
}
