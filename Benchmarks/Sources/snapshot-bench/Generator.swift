import Foundation

/// Makes a snapshot of any size: one VPC, two private subnets, nodes with a /80 each, pods spread over them, a service
/// with all of every hundredth pod, the node's agents, and network policies that isolate all pods.
struct Generator {
    var nodes: Int
    var pods: Int
    var policies: Int

    /// Writes the files into `folder`; kubectl's output in YAML, AWS's in JSON, as the collect script makes them.
    func write(to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let files = [
            "vpcs.json": vpcs, "subnets.json": subnets, "routes.json": routes, "acls.json": acls, "groups.json": groups,
            "interfaces.json": interfaces, "instances.json": instances, "eigw.json": gateways, "cluster.json": cluster,
            "nodes.yaml": nodeObjects, "pods.yaml": podObjects, "services.yaml": services,
            "daemonsets.json": daemonSets, "policies.yaml": policyObjects, "gateways.json": noInternetGateways,
        ]
        for (name, text) in files { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) }
    }

    private func hex(_ value: Int) -> String { String(value, radix: 16) }
    private func prefix(_ node: Int) -> String { "2001:db8:1:\(node % 2):\(hex(node / 2 + 1))" }
    private func ipv4(_ node: Int) -> String { "10.0.\(node % 2 * 128 + node / 2 / 200).\(node / 2 % 200 + 10)" }
    private func name(_ node: Int) -> String { "node-\(node).ec2.internal" }

    private var vpcs: String {
        #"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:1::/56", "Ipv6CidrBlockState": {"State": "associated"}}]}]}"#
    }
    private var subnets: String {
        let list = [0, 1].map {
            #"{"SubnetId": "subnet-\#($0)", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1\#($0 == 0 ? "a" : "b")", "CidrBlock": "10.0.\#($0 * 128).0/17", "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:1:\#($0)::/64", "Ipv6CidrBlockState": {"State": "associated"}}]}"#
        }
        return #"{"Subnets": [\#(list.joined(separator: ","))]}"#
    }
    private var routes: String {
        #"{"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}, {"DestinationIpv6CidrBlock": "2001:db8:1::/56", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}, {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active", "Origin": "CreateRoute"}]}]}"#
    }
    private var acls: String {
        let rules = [true, false].flatMap { egress in
            [#""CidrBlock": "0.0.0.0/0""#, #""Ipv6CidrBlock": "::/0""#].enumerated().map {
                #"{"RuleNumber": \#(100 + $0), "Egress": \#(egress), "RuleAction": "allow", "Protocol": "-1", \#($1)}"#
            }
        }
        return
            #"{"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [{"SubnetId": "subnet-0"}, {"SubnetId": "subnet-1"}], "Entries": [\#(rules.joined(separator: ","))]}]}"#
    }
    private var groups: String {
        #"{"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "cluster", "VpcId": "vpc-1", "OwnerId": "1", "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "1"}]}], "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]}]}"#
    }
    private var gateways: String {
        #"{"EgressOnlyInternetGateways": [{"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"State": "attached", "VpcId": "vpc-1"}]}]}"#
    }
    private var cluster: String {
        #"{"cluster": {"name": "big", "kubernetesNetworkConfig": {"ipFamily": "ipv6", "serviceIpv6Cidr": "fd00:1::/108"}, "resourcesVpcConfig": {"vpcId": "vpc-1"}}}"#
    }
    private var noInternetGateways: String { #"{"InternetGateways": []}"# }
    private var daemonSets: String {
        let agent = #"{"name": "aws-eks-nodeagent", "args": ["--enable-ipv6=true", "--enable-network-policy=true"]}"#
        let cni =
            #"{"name": "aws-node", "env": [{"name": "ENABLE_IPv6", "value": "true"}, {"name": "ENABLE_PREFIX_DELEGATION", "value": "true"}]}"#
        return
            #"{"apiVersion": "apps/v1", "kind": "DaemonSetList", "items": [{"metadata": {"name": "aws-node", "namespace": "kube-system"}, "spec": {"template": {"spec": {"hostNetwork": true, "containers": [\#(cni), \#(agent)]}}}}]}"#
    }
    private func interface(_ node: Int) -> String {
        #"{"NetworkInterfaceId": "eni-\#(node)", "SubnetId": "subnet-\#(node % 2)", "VpcId": "vpc-1", "Description": "primary", "InterfaceType": "interface", "SourceDestCheck": true, "MacAddress": "02:00:00:00:00:01", "Status": "in-use", "Groups": [{"GroupId": "sg-1", "GroupName": "cluster"}], "Ipv6Addresses": [{"Ipv6Address": "2001:db8:1:\#(node % 2)::\#(hex(node + 16))"}], "Ipv6Prefixes": [{"Ipv6Prefix": "\#(prefix(node))::/80"}], "PrivateIpAddresses": [{"PrivateIpAddress": "\#(ipv4(node))", "Primary": true}], "Attachment": {"DeviceIndex": 0, "InstanceId": "i-\#(node)", "Status": "attached"}}"#
    }
    private var interfaces: String {
        #"{"NetworkInterfaces": [\#((0..<nodes).map(interface).joined(separator: ",\n"))]}"#
    }
    private var instances: String {
        let list = (0..<nodes).map {
            #"{"Instances": [{"InstanceId": "i-\#($0)", "InstanceType": "m5.large", "State": {"Name": "running"}, "VpcId": "vpc-1", "NetworkInterfaces": [\#(interface($0))], "Tags": [{"Key": "Name", "Value": "node-\#($0)"}]}]}"#
        }
        return #"{"Reservations": [\#(list.joined(separator: ",\n"))]}"#
    }
    private var nodeObjects: String {
        "apiVersion: v1\nkind: List\nitems:\n"
            + (0..<nodes).map {
                "- apiVersion: v1\n  kind: Node\n  metadata:\n    name: \(name($0))\n    labels:\n      node.kubernetes.io/instance-type: m5.large\n  spec:\n    providerID: aws:///us-east-1a/i-\($0)\n  status:\n    addresses:\n    - type: InternalIP\n      address: 2001:db8:1:\($0 % 2)::\(hex($0 + 16))\n    - type: InternalIP\n      address: \(ipv4($0))\n    capacity:\n      pods: '110'\n"
            }.joined()
    }
    private func podAddress(_ pod: Int) -> String { "\(prefix(pod % nodes))::\(hex(pod / nodes + 2))" }
    private var podObjects: String {
        "apiVersion: v1\nkind: List\nitems:\n"
            + (0..<pods).map {
                "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: pod-\($0)\n    namespace: default\n    ownerReferences:\n    - apiVersion: apps/v1\n      kind: ReplicaSet\n      name: app-\($0 % 100)-x\n      uid: u\($0 % 100)\n      controller: true\n    labels:\n      app: app-\($0 % 100)\n    creationTimestamp: '2026-02-01T10:00:00Z'\n  spec:\n    nodeName: \(name($0 % nodes))\n    containers:\n    - name: main\n      image: example.com/app:1\n      ports:\n      - containerPort: 8080\n  status:\n    phase: Running\n    hostIP: 2001:db8:1:\($0 % nodes % 2)::\(hex($0 % nodes + 16))\n    podIP: \(podAddress($0))\n    podIPs:\n    - ip: \(podAddress($0))\n"
            }.joined()
    }
    /// Policy n isolates the pods app-n, modulo a hundred, and lets pods of its own and of the next name in: by labels, by
    /// namespace, by prefix.
    private var policyObjects: String {
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: default\n    labels:\n      kubernetes.io/metadata.name: default\n"
            + (0..<policies).map {
                "- apiVersion: networking.k8s.io/v1\n  kind: NetworkPolicy\n  metadata:\n    name: policy-\($0)\n    namespace: default\n  spec:\n    podSelector:\n      matchLabels:\n        app: app-\($0 % 100)\n    policyTypes:\n    - Ingress\n    - Egress\n    ingress:\n    - from:\n      - podSelector:\n          matchLabels:\n            app: app-\($0 % 100)\n      - podSelector:\n          matchExpressions:\n          - key: app\n            operator: In\n            values: [app-\(($0 + 99) % 100)]\n        namespaceSelector:\n          matchLabels:\n            kubernetes.io/metadata.name: default\n      ports:\n      - port: 8080\n        protocol: TCP\n    egress:\n    - to:\n      - podSelector: {}\n      - ipBlock:\n          cidr: 2606:4700::/32\n          except: [2606:4700:\(String($0 + 1, radix: 16))::/48]\n"
            }.joined()
    }
    private var services: String {
        let endpoints = stride(from: 0, to: pods, by: 100).map {
            "  - addresses:\n    - \(podAddress($0))\n    conditions:\n      ready: true\n    nodeName: \(name($0 % nodes))\n"
        }
        return
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: app-0\n    namespace: default\n  spec:\n    selector:\n      app: app-0\n    clusterIP: fd00:1::10\n    clusterIPs:\n    - fd00:1::10\n    ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n      protocol: TCP\n- apiVersion: discovery.k8s.io/v1\n  kind: EndpointSlice\n  metadata:\n    name: app-0-x\n    namespace: default\n    labels:\n      kubernetes.io/service-name: app-0\n  addressType: IPv6\n  ports:\n  - name: http\n    port: 8080\n    protocol: TCP\n  endpoints:\n"
            + endpoints.joined()
    }
}
