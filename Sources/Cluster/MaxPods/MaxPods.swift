import IPAddresses
import VPC

/// How many pods a node may run, by the limits of its instance type.
///
/// Source: Amazon EKS User Guide, "Increase the available IP addresses for your Amazon EC2 node", and AWS's
/// max-pods-calculator.sh, whose ceilings are 110 and 250.
public struct MaxPods: Sendable {
    public var interfaces: Int
    public var addressesPerInterface: Int
    public var vCPUs: Int

    public init(interfaces: Int, addressesPerInterface: Int, vCPUs: Int) {
        self.interfaces = interfaces
        self.addressesPerInterface = addressesPerInterface
        self.vCPUs = vCPUs
    }

    public init(_ type: InstanceType) {
        self.init(
            interfaces: type.maximumInterfaces, addressesPerInterface: type.ipv4AddressesPerInterface, vCPUs: type.vCPUs
        )
    }

    /// In prefix mode: each address slot but the first of an interface holds a prefix that counts as 16 addresses. The
    /// two more are the pods of the host's network, kube-proxy and aws-node.
    public var formula: Int { slots.timesSaturating(16).plusSaturating(2) }

    /// In secondary-IP mode: each slot but the first holds one address.
    public var secondaryIP: Int { slots.plusSaturating(2) }

    /// The address slots of all interfaces but the first of each.
    private var slots: Int { interfaces.timesSaturating(addressesPerInterface.plusSaturating(-1)) }

    /// The figure over which CPU and memory run out before addresses: 110 under 30 vCPUs, 250 from 30 on.
    public var recommended: Int { vCPUs < 30 ? 110 : 250 }

    /// The figure that a managed node group sets by itself.
    public func managed(_ family: IPFamily) -> Int {
        min(family == .ipv6 ? formula : secondaryIP, recommended)
    }
}

extension InstanceType {
    /// Instance types that are known without a snapshot, in the order of their names. A snapshot's own types come first.
    public static let builtIn: [InstanceType] = builtInByName.values.sorted { $0.name < $1.name }

    /// The built-in type of a name.
    public static func builtIn(named name: String) -> InstanceType? { builtInByName[name] }

    /// The same by name.
    static let builtInByName: [String: InstanceType] = {
        var result: [String: InstanceType] = [:]
        for line in builtInTable.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 4, let vCPUs = Int(words[0]), let interfaces = Int(words[1]),
                let addresses = Int(words[2])
            else { preconditionFailure("a line of the built-in table is not as written: \(line)") }
            for name in words.dropFirst(4) {
                result[String(name)] = InstanceType(
                    name: String(name), isNitro: words[3] == "nitro", vCPUs: vCPUs, maximumInterfaces: interfaces,
                    ipv4AddressesPerInterface: addresses)
            }
        }
        return result
    }()
}
