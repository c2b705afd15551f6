import Cluster

extension ObjectKind {
    static let kubernetes: [ObjectKind] = [
        .init(
            name: "Node", origin: .kubernetes, state: .decides, reason: "where pods run, and which interfaces they have"
        ),
        .init(name: "Pod", origin: .kubernetes, state: .decides, reason: "addresses, labels, ports"),
        .init(
            name: "Service", origin: .kubernetes, state: .decides,
            reason: "cluster addresses, node ports, traffic policies"),
        .init(
            name: "EndpointSlice", origin: .kubernetes, state: .decides, reason: "endpoints, their readiness and hints"),
        .init(
            name: "DaemonSet", origin: .kubernetes, state: .decides,
            reason: "the CNI plugin's settings, engines of network policies, agents on each node"),
        .init(name: "Namespace", origin: .kubernetes, state: .decides, reason: "labels that policies ask for"),
        .init(
            name: "NetworkPolicy", origin: .kubernetes, state: .decides,
            reason: "which pods are isolated, and what they are allowed"),
        .init(
            name: "Ingress", origin: .kubernetes, state: .decides,
            reason: "what the load balancer controller is told (validate)"),
        .init(
            name: "IngressClass", origin: .kubernetes, state: .decides,
            reason: "which controller takes an Ingress (validate)"),
        .init(
            name: "IngressClassParams", origin: .kubernetes, state: .decides,
            reason: "what a class says for its Ingresses (validate)"),
        .init(name: "ENIConfig", origin: .kubernetes, state: .decides, reason: "custom networking (validate)"),
        .init(name: "ConfigMap", origin: .kubernetes, state: .decides, reason: "amazon-vpc-cni, kube-proxy-config"),
        .init(
            name: "CiliumNetworkPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "a policy of Cilium"),
        .init(
            name: "CiliumClusterwideNetworkPolicy", origin: .kubernetes, state: .unchecked, scope: .pods,
            effect: .mayChange, reason: "a policy of Cilium"),
        .init(
            name: "CiliumEgressGatewayPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "a policy of Cilium"),
        .init(
            name: "CiliumLocalRedirectPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "a policy of Cilium"),
        .init(
            name: "NetworkPolicy.crd.projectcalico.org", origin: .kubernetes, state: .unchecked, scope: .pods,
            effect: .mayChange, reason: "a policy of Calico"),
        .init(
            name: "NetworkPolicy.projectcalico.org", origin: .kubernetes, state: .unchecked, scope: .pods,
            effect: .mayChange, reason: "a policy of Calico"),
        .init(
            name: "GlobalNetworkPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "a policy of Calico"),
        .init(
            name: "HostEndpoint", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "a policy of Calico"),
        .init(
            name: "NetworkPolicy.crd.antrea.io", origin: .kubernetes, state: .unchecked, scope: .pods,
            effect: .mayChange, reason: "a policy of Antrea"),
        .init(
            name: "ClusterNetworkPolicy.crd.antrea.io", origin: .kubernetes, state: .unchecked, scope: .pods,
            effect: .mayChange, reason: "a policy of Antrea"),
        .init(
            name: "AdminNetworkPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "it comes before NetworkPolicy objects, and may pass over them"),
        .init(
            name: "ClusterNetworkPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "it comes before NetworkPolicy objects, and may pass over them"),
        .init(
            name: "BaselineAdminNetworkPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "it counts where no NetworkPolicy isolates the pod"),
        .init(
            name: "ApplicationNetworkPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "a policy by names, of EKS Auto Mode"),
        .init(
            name: "AuthorizationPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Istio's sidecars and waypoints decide by it"),
        .init(
            name: "PeerAuthentication", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Istio's sidecars and waypoints decide by it"),
        .init(
            name: "Sidecar", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Istio's sidecars and waypoints decide by it"),
        .init(
            name: "RequestAuthentication", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Istio's sidecars and waypoints decide by it"),
        .init(
            name: "VirtualService", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "Istio's sidecars route by it"),
        .init(
            name: "DestinationRule", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "Istio's sidecars route by it"),
        .init(
            name: "ServiceEntry", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "Istio's sidecars route by it"),
        .init(
            name: "EnvoyFilter", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayChange,
            reason: "Istio's sidecars route by it"),
        .init(
            name: "Server", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Linkerd's sidecars decide by it"),
        .init(
            name: "ServerAuthorization", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Linkerd's sidecars decide by it"),
        .init(
            name: "MeshTLSAuthentication", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Linkerd's sidecars decide by it"),
        .init(
            name: "NetworkAuthentication", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Linkerd's sidecars decide by it"),
        .init(
            name: "HTTPLocalRateLimitPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .mayDeny,
            reason: "Linkerd's sidecars decide by it"),
        .init(
            name: "AuthorizationPolicy.policy.linkerd.io", origin: .kubernetes, state: .unchecked, scope: .pods,
            effect: .mayDeny, reason: "Linkerd's sidecars decide by it"),
        .init(
            name: "SecurityGroupPolicy", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .named,
            reason: "which pods get a branch interface: the pods' own annotation counts"),
        .init(
            name: "NodeClass", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .named,
            reason: "snatPolicy and networkPolicy of EKS Auto Mode: traces end at its nodes"),
        .init(
            name: "ServiceImport", origin: .kubernetes, state: .unchecked, scope: .pods, effect: .named,
            reason: "a service of other clusters"),
        .init(name: "Deployment", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(name: "ReplicaSet", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(name: "StatefulSet", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(name: "Job", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(name: "CronJob", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(name: "ReplicationController", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(name: "ControllerRevision", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(name: "PodTemplate", origin: .kubernetes, state: .irrelevant, reason: "its pods count"),
        .init(
            name: "HorizontalPodAutoscaler", origin: .kubernetes, state: .irrelevant,
            reason: "it decides where and how many pods run"),
        .init(
            name: "VerticalPodAutoscaler", origin: .kubernetes, state: .irrelevant,
            reason: "it decides where and how many pods run"),
        .init(
            name: "PodDisruptionBudget", origin: .kubernetes, state: .irrelevant,
            reason: "it decides where and how many pods run"),
        .init(
            name: "PriorityClass", origin: .kubernetes, state: .irrelevant,
            reason: "it decides where and how many pods run"),
        .init(
            name: "RuntimeClass", origin: .kubernetes, state: .irrelevant,
            reason: "it decides where and how many pods run"),
        .init(
            name: "LimitRange", origin: .kubernetes, state: .irrelevant,
            reason: "it decides where and how many pods run"),
        .init(
            name: "ResourceQuota", origin: .kubernetes, state: .irrelevant,
            reason: "it decides where and how many pods run"),
        .init(name: "ServiceAccount", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "Role", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "RoleBinding", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "ClusterRole", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "ClusterRoleBinding", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "Secret", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "CertificateSigningRequest", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "TokenReview", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "SubjectAccessReview", origin: .kubernetes, state: .irrelevant, reason: "access to the API"),
        .init(name: "PersistentVolume", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "PersistentVolumeClaim", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "StorageClass", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "CSIDriver", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "CSINode", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "CSIStorageCapacity", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "VolumeAttachment", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "VolumeAttributesClass", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "VolumeSnapshot", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "VolumeSnapshotClass", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "VolumeSnapshotContent", origin: .kubernetes, state: .irrelevant, reason: "storage"),
        .init(name: "Event", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "Lease", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "ComponentStatus", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "Binding", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "Status", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "APIService", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(
            name: "CustomResourceDefinition", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(
            name: "MutatingWebhookConfiguration", origin: .kubernetes, state: .irrelevant,
            reason: "the API server's own"),
        .init(
            name: "ValidatingWebhookConfiguration", origin: .kubernetes, state: .irrelevant,
            reason: "the API server's own"),
        .init(
            name: "ValidatingAdmissionPolicy", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(
            name: "ValidatingAdmissionPolicyBinding", origin: .kubernetes, state: .irrelevant,
            reason: "the API server's own"),
        .init(name: "FlowSchema", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(
            name: "PriorityLevelConfiguration", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "NodeMetrics", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "PodMetrics", origin: .kubernetes, state: .irrelevant, reason: "the API server's own"),
        .init(name: "Endpoints", origin: .kubernetes, state: .irrelevant, reason: "the slices count"),
        .init(name: "IPAddress", origin: .kubernetes, state: .irrelevant, reason: "the services' own addresses count"),
        .init(
            name: "ServiceCIDR", origin: .kubernetes, state: .irrelevant, reason: "the services' own addresses count"),
        .init(
            name: "GatewayClass", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "Gateway", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "HTTPRoute", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "GRPCRoute", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "TCPRoute", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "UDPRoute", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "TLSRoute", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "ReferenceGrant", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "BackendTLSPolicy", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "LoadBalancerConfiguration", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "TargetGroupConfiguration", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "ListenerRuleConfiguration", origin: .kubernetes, state: .irrelevant,
            reason: "what the controller has made of it counts: listeners, rules, target groups"),
        .init(
            name: "Gateway.networking.istio.io", origin: .kubernetes, state: .irrelevant,
            reason: "what its Service and its pods are counts"),
        .init(
            name: "TargetGroupBinding", origin: .kubernetes, state: .irrelevant,
            reason: "the target group's targets count"),
        .init(
            name: "PolicyEndpoint", origin: .kubernetes, state: .irrelevant,
            reason: "made by controllers of what is read"),
        .init(
            name: "ClusterPolicyEndpoint", origin: .kubernetes, state: .irrelevant,
            reason: "made by controllers of what is read"),
        .init(name: "CNINode", origin: .kubernetes, state: .irrelevant, reason: "made by controllers of what is read"),
        .init(name: "NodePool", origin: .kubernetes, state: .irrelevant, reason: "it decides which nodes there are"),
        .init(name: "NodeClaim", origin: .kubernetes, state: .irrelevant, reason: "it decides which nodes there are"),
        .init(
            name: "EC2NodeClass", origin: .kubernetes, state: .irrelevant, reason: "it decides which nodes there are"),
        .init(name: "Provisioner", origin: .kubernetes, state: .irrelevant, reason: "it decides which nodes there are"),
        .init(name: "Machine", origin: .kubernetes, state: .irrelevant, reason: "it decides which nodes there are"),
        .init(
            name: "MachineDeployment", origin: .kubernetes, state: .irrelevant,
            reason: "it decides which nodes there are"),
        .init(name: "Certificate", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(
            name: "CertificateRequest", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"
        ),
        .init(name: "Issuer", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "ClusterIssuer", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "Order", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "Challenge", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "ServiceMonitor", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "PodMonitor", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "PrometheusRule", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "Application", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "AppProject", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "HelmRelease", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "Kustomization", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "GitRepository", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "HelmRepository", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "ExternalSecret", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(name: "SecretStore", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"),
        .init(
            name: "ClusterSecretStore", origin: .kubernetes, state: .irrelevant, reason: "neither addresses nor packets"
        ),
        .init(
            name: "PodIdentityAssociation", origin: .kubernetes, state: .irrelevant,
            reason: "neither addresses nor packets"),
    ]
}
