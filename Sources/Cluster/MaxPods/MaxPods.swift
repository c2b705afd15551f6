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
    public var formula: Int { interfaces * (addressesPerInterface - 1) * 16 + 2 }

    /// In secondary-IP mode: each slot but the first holds one address.
    public var secondaryIP: Int { interfaces * (addressesPerInterface - 1) + 2 }

    /// The figure over which CPU and memory run out before addresses: 110 under 30 vCPUs, 250 from there.
    public var recommended: Int { vCPUs < 30 ? 110 : 250 }

    /// The figure that a managed node group sets by itself.
    public func managed(_ family: IPFamily) -> Int {
        min(family == .ipv6 ? formula : secondaryIP, recommended)
    }
}

extension InstanceType {
    /// Instance types that are known without a snapshot. `describe-instance-types` output is newer: a snapshot's own
    /// types come first.
    ///
    /// Origin: written by hand; on 2026-11-24 all 80 rows agreed with the `describe-instance-types` output that
    /// github.com/getmoto/moto 5.2.1 holds (moto/ec2/resources/instance_types.json.gz, Apache-2.0).
    public static let builtIn: [InstanceType] = families.flatMap { family, sizes in
        sizes.map { size, vCPUs, interfaces, addresses in
            InstanceType(
                name: "\(family).\(size)", isNitro: family != "m4", vCPUs: vCPUs, maximumInterfaces: interfaces,
                ipv4AddressesPerInterface: addresses
            )
        }
    }

    /// The same by name.
    static let builtInByName = Dictionary(builtIn.map { ($0.name, $0) }, uniquingKeysWith: { $1 })

    /// The date of the built-in table.
    public static let builtInDate = "2026-11"

    private typealias Size = (String, Int, Int, Int)

    private static let general: [Size] = [
        ("large", 2, 3, 10), ("xlarge", 4, 4, 15), ("2xlarge", 8, 4, 15), ("4xlarge", 16, 8, 30),
        ("8xlarge", 32, 8, 30),
        ("12xlarge", 48, 8, 30), ("16xlarge", 64, 15, 50), ("24xlarge", 96, 15, 50),
    ]

    private static let burstable: [Size] = [
        ("nano", 2, 2, 2), ("micro", 2, 2, 2), ("small", 2, 3, 4), ("medium", 2, 3, 6), ("large", 2, 3, 12),
        ("xlarge", 4, 4, 15),
        ("2xlarge", 8, 4, 15),
    ]

    private static let families: [(String, [Size])] = [
        ("m5", general), ("r5", general), ("m6i", general), ("r6i", general), ("c6i", general), ("t3", burstable),
        // Graviton2 ends at 16xlarge.
        ("m6g", general.dropLast()), ("c6g", general.dropLast()), ("r6g", general.dropLast()),
        (
            "c5",
            [
                ("large", 2, 3, 10), ("xlarge", 4, 4, 15), ("2xlarge", 8, 4, 15), ("4xlarge", 16, 8, 30),
                ("9xlarge", 36, 8, 30),
                ("12xlarge", 48, 8, 30), ("18xlarge", 72, 15, 50), ("24xlarge", 96, 15, 50),
            ]
        ), ("m4", [("large", 2, 2, 10), ("xlarge", 4, 4, 15), ("2xlarge", 8, 4, 15), ("4xlarge", 16, 8, 30)]),
    ].map { ($0.0, Array($0.1)) }
}
