/**
 * What a person does for each remediation that the checks name, in the terms of kubectl and the AWS CLI.
 * Sources: Amazon EKS User Guide, "Update an Amazon EKS add-on" and "Assign more IP addresses to nodes with prefixes"; Amazon EKS Best
 * Practices Guide, "Networking"; Amazon VPC User Guide, "Subnet CIDR reservations".
 */
export const REMEDIES: Readonly<Record<string, string>> = {
  'tune-warm-targets':
    'Let each node hold fewer spare addresses: set WARM_IP_TARGET and MINIMUM_IP_TARGET in the configuration of the vpc-cni add-on, or on the DaemonSet aws-node where it is self-managed. Small targets cost more calls to EC2.',
  'add-pod-subnet':
    "Give pods more room in the same zone: a subnet of a further VPC CIDR, tagged kubernetes.io/role/cni=1 (VPC CNI 1.18 or later), or ENIConfigs for custom networking. First compare the CIDR with peers, with the service range, and with rules that name the pods' CIDRs.",
  'reserve-prefix-space':
    'Keep an aligned range for prefixes, so that it empties as addresses leave: aws ec2 create-subnet-cidr-reservation --subnet-id SUBNET --reservation-type prefix --cidr RANGE. `blockers` names the blocks that are cheapest to free; nothing is evicted.',
  'enable-prefix-delegation':
    'Set ENABLE_PREFIX_DELEGATION=true for the VPC CNI 1.9 or later (1.11 on bare metal) where every subnet has free /28 blocks, then raise max-pods and bring new nodes in. It gives nodes more addresses; a full subnet it fills faster.',
  'advise-instance-types':
    'Choose a type with more interfaces, or more addresses on each, for the node group or NodePool; `ipCapacity` is what this one gives.',
  'update-node-kernel':
    'Bring in nodes of an AMI with a newer kernel (Amazon Linux 2023 and current Bottlerocket have 6.1 or later): aws eks update-nodegroup-version for a managed group, a newer AMI for others. Meanwhile switch the feature off, or keep pods that need it on nodes that can have it.',
  'recycle-nodes':
    'Correct max-pods where the finding says that it is set, bring new nodes in, then cordon and drain the old ones a few at a time: kubectl drain NODE --ignore-daemonsets keeps to disruption budgets.',
  'update-cluster-subnets':
    'Free addresses in the named subnets, or give the cluster roomier ones: aws eks update-cluster-config --name CLUSTER --resources-vpc-config subnetIds=SUBNET,SUBNET, with at least one in every zone of the present ones. Nodes stay where they are.',
  'request-quota-increase':
    'aws service-quotas request-service-quota-increase --service-code vpc --quota-code CODE --desired-value VALUE: the code is in the finding. The quotas of rules per group and of groups per interface multiply to 1,000 at most. Meanwhile delete interfaces, rules or groups that nothing uses.',
  'delete-leaked-enis':
    'Read each interface once more (aws ec2 describe-network-interfaces --network-interface-ids ENI): if it is still available after five minutes, aws ec2 delete-network-interface --network-interface-id ENI. Those of `unattributedEniIds` may be of any cluster of the VPC: ask first.',
  'correct-eni-config':
    'Give every zone with nodes an ENIConfig of the name that its nodes ask for (ENI_CONFIG_LABEL_DEF=topology.kubernetes.io/zone lets the zone be the name), with a subnet of that zone and security groups of the same VPC. Interfaces that are attached keep what they have: bring new nodes in.',
  'allow-dns':
    'Add the rule of `missingRule`, and those of `furtherRules`, by aws ec2 authorize-security-group-ingress or -egress. Where a tool owns the group (Terraform, CloudFormation), add them in its source, or it takes them away again.',
  'allow-dns-policy':
    "Let the namespace's pods reach CoreDNS, beside whatever else isolates them: a NetworkPolicy with podSelector: {}, policyTypes: [Egress] and one egress rule, to namespaceSelector kubernetes.io/metadata.name: kube-system with podSelector k8s-app: kube-dns, ports UDP 53 and TCP 53; with NodeLocal DNSCache also to ipBlock 169.254.20.10/32. As it isolates pods that no policy did, select only those that are cut off. Try it first: cniwatch explain path --with FILE --all-dns.",
  'suspend-network-policy':
    'Save the policy, take it away for a stated time, see whether that cures it, and put it back: kubectl -n NAMESPACE get networkpolicy NAME -o yaml > saved.yaml, kubectl -n NAMESPACE delete networkpolicy NAME, later kubectl apply -f saved.yaml. Meanwhile its pods are open. Never with NETWORK_POLICY_ENFORCING_MODE=strict, where pods without a policy reach nothing.',
  'add-ip-pool':
    'Give pods more addresses: a further IPPool (Calico) or CiliumPodIPPool (Cilium, multi-pool), or a further clusterPoolIPv4PodCIDRList entry (cluster-pool), of a range that overlaps neither the VPC, its peers, the service range nor another pool, with the encapsulation and NAT of the present one. Never make or change the CIDR of a pool that is in use.',
  'release-leaked-ips':
    "Make Calico's controller work, which frees them by itself: kubectl -n NAMESPACE logs deployment/calico-kube-controllers. By hand: calicoctl ipam check -o report.json, compare it with the pods that run, then calicoctl ipam release --from-report=report.json.",
  'restart-bgp':
    'First see why: `cause` of each peer that is down. Open TCP 179 between the nodes where security groups keep it shut, or correct the AS numbers of the BGPPeers and the BGPConfiguration. Then kubectl -n NAMESPACE delete pod CALICO_NODE_POD, a node at a time, and wait for Established before the next.',
  'restart-cni':
    'First see why: kubectl -n NAMESPACE logs AGENT_POD --previous. Then kubectl -n NAMESPACE rollout restart daemonset NAME, or delete the agents of the failing nodes. With prefix delegation, not while a subnet has no free /28.',
  'mount-bpf':
    'Bring in a new node, which mounts it at its start, then cordon and drain this one. To keep the node: mount bpffs /sys/fs/bpf -t bpf on the host, with a line in /etc/fstab or a systemd unit, and delete its agent: kubectl -n NAMESPACE delete pod CILIUM_POD. Until then each restart of the agent breaks connections.',
  'reset-cni':
    "The last resort, and for the whole cluster only: save the CNI's manifests and its configuration, re-apply the add-on (aws eks update-addon with --resolve-conflicts PRESERVE and the same --service-account-role-arn) or the manifest, then bring new nodes in and drain the old ones in turn. Never flush iptables: kube-proxy's rules are there.",
  'update-cni':
    'One minor version at a time: aws eks update-addon --cluster-name CLUSTER --addon-name vpc-cni --addon-version VERSION --resolve-conflicts PRESERVE, with the same --service-account-role-arn; aws eks describe-addon-versions --addon-name vpc-cni --kubernetes-version VERSION names those that fit. A self-managed one by its own manifest. Agents restart in turn; running pods keep their network.',
  'raise-cni-memory':
    "Give the agent's container a larger memory limit, or none: the add-on's configuration takes resources (aws eks describe-addon-configuration shows where), Helm charts too. If its memory grows for days, report it to the CNI's project and restart the agents meanwhile: kubectl -n NAMESPACE rollout restart daemonset NAME.",
  'remove-second-cni':
    'Decide which CNI connects the pods. Let the other chain (Cilium: cni-chaining-mode aws-cni) or enforce policies only (Calico: cni.type AmazonVPC), or keep its DaemonSet off the nodes by a node selector and delete it. Its file in /etc/cni/net.d stays behind: bring new nodes in, then cordon and drain the old ones.',
  'rollback-cni-version':
    'If it began with an update: aws eks update-addon --cluster-name CLUSTER --addon-name vpc-cni --addon-version PREVIOUS --resolve-conflicts PRESERVE, with the same --service-account-role-arn, which is lost if left out. Never below 1.9 while nodes hold prefixes.',
  'reapply-cni':
    'Let what owns the CNI write it anew: its rights, its plugins, its kubeconfig. A managed add-on: aws eks update-addon --cluster-name CLUSTER --addon-name vpc-cni --addon-version VERSION --resolve-conflicts OVERWRITE, with its configuration and the same --service-account-role-arn, writes its ClusterRole anew. Others: apply the manifest or chart of the version that runs. Where rights were missing, ask again with the commands of `confirm`. Then restart the agents, which write the files of their nodes as they start: kubectl -n NAMESPACE rollout restart daemonset NAME.',
  'repair-cni-config':
    'Bring in a new node, then cordon and drain this one: kubectl drain NODE --ignore-daemonsets. To keep the node: save the first file of /etc/cni/net.d elsewhere, move it out of the directory, and delete the agent of that node, which writes its own anew: kubectl -n NAMESPACE delete pod AGENT_POD. A file that another CNI left is only to be moved away.',
  'restart-kube-proxy':
    'First see why: kubectl -n kube-system logs POD --previous. Then kubectl -n kube-system rollout restart daemonset kube-proxy, or delete the pods of the failing nodes.',
  'update-kube-proxy':
    'Bring it to the minor version of the cluster, after the control plane and before or with the nodes: aws eks update-addon --cluster-name CLUSTER --addon-name kube-proxy --addon-version VERSION --resolve-conflicts PRESERVE; aws eks describe-addon-versions --addon-name kube-proxy --kubernetes-version VERSION names those that fit.',
  'restart-coredns':
    'First see why: kubectl -n kube-system logs POD --previous, and kubectl -n kube-system describe pod POD. Correct the Corefile or the memory limit where they are to blame, in the configuration of the add-on where EKS manages it. Then kubectl -n kube-system rollout restart deployment coredns.',
};
