import ArgumentParser

struct CollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract:
            "Print the shell script of read-only aws and kubectl calls that makes a snapshot folder. Runs nothing.",
        discussion: "dataplane collect --cluster demo > collect.sh; read it; sh collect.sh"
    )

    @Option(help: ArgumentHelp("The EKS cluster.", valueName: "name"))
    var cluster: String

    @Option(help: ArgumentHelp("The folder that the script makes.", valueName: "dir"))
    var output = "snapshot"

    @Flag(help: "Print the calls as JSON.")
    var json = false

    private static let ec2 = [
        "vpcs", "subnets", "route-tables", "network-acls", "security-groups", "internet-gateways",
        "egress-only-internet-gateways", "nat-gateways", "vpn-gateways", "vpc-peering-connections", "vpc-endpoints",
        "prefix-lists", "managed-prefix-lists", "network-interfaces", "instances",
    ]

    private static let kubernetes = ["nodes", "pods", "services", "endpointslices", "ingresses", "daemonsets"]

    func validate() throws {
        let isName = { (text: String) in
            text.first.map { $0.isLetter || $0.isNumber } ?? false
                && text.unicodeScalars.allSatisfy {
                    $0.isASCII
                        && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                            || "-_./".unicodeScalars.contains($0))
                }
        }
        guard isName(cluster), !cluster.contains("/") else {
            throw ValidationError("“\(cluster)” is no cluster name: letters, digits, - and _.")
        }
        guard isName(output) else {
            throw ValidationError("“\(output)” is no folder name: letters, digits, -, _, . and /.")
        }
    }

    /// The calls, each with the file that takes its output.
    private var calls: [(file: String, command: String)] {
        Self.ec2.map { ("ec2-describe-\($0).json", "aws ec2 describe-\($0) --output json") }
            + ["load-balancers", "target-groups"].map {
                ("elbv2-describe-\($0).json", "aws elbv2 describe-\($0) --output json")
            }
            + [("eks-describe-cluster.json", "aws eks describe-cluster --name \(cluster) --output json")]
            + Self.kubernetes.map { ("kubectl-get-\($0).yaml", "kubectl get \($0) --all-namespaces --output yaml") }
    }

    func run() throws {
        if json {
            print(
                JSON.array(calls.map { .object([("file", .string($0.file)), ("command", .string($0.command))]) }).text()
            )
            return
        }
        print(
            """
            #!/bin/sh
            # Makes a snapshot of the EKS cluster \(cluster) and of the account's network for dataplane.
            # All calls only read. Needs the aws and kubectl commands, set up for the cluster, and python3.
            set -eu
            out=\(output)
            mkdir -p "$out"
            \(calls.map { "\($0.command) > \"$out/\($0.file)\"" }.joined(separator: "\n"))

            # The instance types in use.
            types=$(aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceType' --output text | tr '\\t' '\\n' | sort -u)
            if [ -n "$types" ]; then
              # shellcheck disable=SC2086
              aws ec2 describe-instance-types --instance-types $types --output json > "$out/ec2-describe-instance-types.json"
            fi

            # The entries of managed prefix lists, with the list's identifier, which the output does not name.
            for list in $(aws ec2 describe-managed-prefix-lists --query 'PrefixLists[].PrefixListId' --output text); do
              aws ec2 get-managed-prefix-list-entries --prefix-list-id "$list" --output json |
                python3 -c 'import json, sys; print(json.dumps({"PrefixListId": sys.argv[1], **json.load(sys.stdin)}, indent=2))' "$list" \\
                > "$out/ec2-managed-prefix-list-entries-$list.json"
            done

            # Node groups and Fargate profiles.
            for group in $(aws eks list-nodegroups --cluster-name \(cluster) --query 'nodegroups[]' --output text); do
              aws eks describe-nodegroup --cluster-name \(cluster) --nodegroup-name "$group" --output json > "$out/eks-describe-nodegroup-$group.json"
            done

            for profile in $(aws eks list-fargate-profiles --cluster-name \(cluster) --query 'fargateProfileNames[]' --output text); do
              aws eks describe-fargate-profile --cluster-name \(cluster) --fargate-profile-name "$profile" --output json > "$out/eks-describe-fargate-profile-$profile.json"
            done

            # Listeners of each balancer; target health of each group, with the group's ARN, which the output does not name.
            n=0
            for arn in $(aws elbv2 describe-load-balancers --query 'LoadBalancers[].LoadBalancerArn' --output text); do
              n=$((n + 1))
              aws elbv2 describe-listeners --load-balancer-arn "$arn" --output json > "$out/elbv2-describe-listeners-$n.json"
            done
            n=0
            for arn in $(aws elbv2 describe-target-groups --query 'TargetGroups[].TargetGroupArn' --output text); do
              n=$((n + 1))
              aws elbv2 describe-target-health --target-group-arn "$arn" --output json |
                python3 -c 'import json, sys; print(json.dumps({"TargetGroupArn": sys.argv[1], **json.load(sys.stdin)}, indent=2))' "$arn" \\
                > "$out/elbv2-describe-target-health-$n.json"
            done

            # Absent where custom networking is not used.
            kubectl get eniconfigs --output yaml > "$out/kubectl-get-eniconfigs.yaml" 2>/dev/null || rm -f "$out/kubectl-get-eniconfigs.yaml"

            echo "Names that flows use go into $out/hosts, in the format of /etc/hosts."
            """
        )
    }
}
