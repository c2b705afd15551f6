import IPAddresses
import VPC

/// What the walks of one trace share: each is for another endpoint of a service, and most of their way is the same.
final class TraceMemory {
    struct ServiceKey: Hashable {
        var service: String
        var port: UInt16
        var ipProtocol: IPProtocol
        var family: IPFamily
        /// nil for the endpoints of all nodes.
        var node: String?
    }

    /// The endpoints that were listed.
    var endpoints: [ServiceKey: [Walk.ServiceEndpoint]] = [:]

    /// The rules of the rule set that were asked for: where none was, the other rule set gives the same trace.
    var askedRules: Set<RuleSet.Rule> = []
}
