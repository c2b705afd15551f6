/// The shell script that makes a snapshot.
struct CollectScript {
    var cluster: String
    var output: String

    var text: String {
        """
        #!/bin/sh
        # Makes a snapshot of the EKS cluster \(cluster) and of the account's network for dataplane.
        # All calls only read. Needs the aws and kubectl commands, set up for the cluster, and python3.
        set -u
        out=\(output)
        mkdir -p "$out"
        : > "$out/manifest.jsonl"
        failed=0

        # Writes down a call: the file, the kind, when, with what status, how many objects, and the command.
        noted() {
          python3 - "$out" "$@" >> "$out/manifest.jsonl" <<'PYTHON'
        import json, re, sys, time
        folder, file, kind, status, command = sys.argv[1:6]
        count = None
        if status == "0":
            text = open(folder + "/" + file, encoding="utf-8").read()
            try:
                value = json.loads(text).get(kind)
                count = len(value) if isinstance(value, list) else 1 if value is not None else None
            except ValueError:
                items = len(re.findall(r"^- apiVersion:", text, re.M))
                count = items if re.search(r"^kind: \\w*List$", text, re.M) else 1
        call = {"file": file, "kind": kind, "command": command, "time": int(time.time()), "status": int(status)}
        if count is not None:
            call["count"] = count
        print(json.dumps({"dataplaneCall": call}))
        PYTHON
        }

        # Runs a call into a file; one that fails leaves none.
        get() {
          file=$1; kind=$2; shift 2
          if "$@" > "$out/$file"; then noted "$file" "$kind" 0 "$*"
          else status=$?; rm -f "$out/$file"; noted "$file" "$kind" "$status" "$*"; failed=$((failed + 1)); echo "failed: $*" >&2; fi
        }

        # As get, for what a cluster may not have.
        may_get() {
          file=$1; kind=$2; shift 2
          if "$@" > "$out/$file" 2>/dev/null; then noted "$file" "$kind" 0 "$*"; else rm -f "$out/$file"; fi
        }

        # Runs a call whose output does not name what it is about, and adds that.
        about() {
          key=$1; value=$2; shift 2
          "$@" | python3 -c 'import json, sys; print(json.dumps({sys.argv[1]: sys.argv[2], **json.load(sys.stdin)}, indent=2))' "$key" "$value"
        }

        \(calls)

        # The instance types in use.
        types=$(aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceType' --output text | tr '\\t' '\\n' | sort -u)
        if [ -n "$types" ]; then
          # shellcheck disable=SC2086
          aws ec2 describe-instance-types --instance-types $types --output json > "$out/ec2-describe-instance-types.json"
        fi

        # The DNS attributes of each VPC.
        for vpc in $(aws ec2 describe-vpcs --query 'Vpcs[].VpcId' --output text); do
          for attribute in enableDnsSupport enableDnsHostnames; do
            may_get "ec2-describe-vpc-attribute-$vpc-$attribute.json" VpcAttribute aws ec2 describe-vpc-attribute --vpc-id "$vpc" --attribute "$attribute" --output json
          done
        done

        # The entries of managed prefix lists.
        for list in $(aws ec2 describe-managed-prefix-lists --query 'PrefixLists[].PrefixListId' --output text); do
          get "ec2-managed-prefix-list-entries-$list.json" Entries about PrefixListId "$list" aws ec2 get-managed-prefix-list-entries --prefix-list-id "$list" --output json
        done

        # The routes of transit gateways.
        for table in $(aws ec2 describe-transit-gateway-route-tables --query 'TransitGatewayRouteTables[].TransitGatewayRouteTableId' --output text); do
          may_get "ec2-search-transit-gateway-routes-$table.json" Routes about TransitGatewayRouteTableId "$table" aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id "$table" --filters Name=state,Values=active,blackhole --output json
        done

        # Node groups and Fargate profiles.
        for group in $(aws eks list-nodegroups --cluster-name \(cluster) --query 'nodegroups[]' --output text); do
          may_get "eks-describe-nodegroup-$group.json" nodegroup aws eks describe-nodegroup --cluster-name \(cluster) --nodegroup-name "$group" --output json
        done
        for profile in $(aws eks list-fargate-profiles --cluster-name \(cluster) --query 'fargateProfileNames[]' --output text); do
          may_get "eks-describe-fargate-profile-$profile.json" fargateProfile aws eks describe-fargate-profile --cluster-name \(cluster) --fargate-profile-name "$profile" --output json
        done

        # Listeners, rules and attributes of each balancer; targets and attributes of each group.
        n=0
        for arn in $(aws elbv2 describe-load-balancers --query 'LoadBalancers[].LoadBalancerArn' --output text); do
          n=$((n + 1))
          get "elbv2-describe-listeners-$n.json" Listeners aws elbv2 describe-listeners --load-balancer-arn "$arn" --output json
          get "elbv2-describe-load-balancer-attributes-$n.json" Attributes about LoadBalancerArn "$arn" aws elbv2 describe-load-balancer-attributes --load-balancer-arn "$arn" --output json
          m=0
          for listener in $(aws elbv2 describe-listeners --load-balancer-arn "$arn" --query 'Listeners[].ListenerArn' --output text); do
            m=$((m + 1))
            get "elbv2-describe-rules-$n-$m.json" Rules about ListenerArn "$listener" aws elbv2 describe-rules --listener-arn "$listener" --output json
          done
        done
        n=0
        for arn in $(aws elbv2 describe-target-groups --query 'TargetGroups[].TargetGroupArn' --output text); do
          n=$((n + 1))
          get "elbv2-describe-target-health-$n.json" TargetHealthDescriptions about TargetGroupArn "$arn" aws elbv2 describe-target-health --target-group-arn "$arn" --output json
          get "elbv2-describe-target-group-attributes-$n.json" Attributes about TargetGroupArn "$arn" aws elbv2 describe-target-group-attributes --target-group-arn "$arn" --output json
        done

        echo "Names that flows use go into $out/hosts, in the format of /etc/hosts." >&2
        if [ "$failed" -gt 0 ]; then
          echo "$failed calls failed: verdicts that rest on what is missing are unknown" >&2
          exit 1
        fi
        """
    }

    private var calls: String {
        CollectedCalls.all(cluster).map { call in
            "\(call.isOptional ? "may_get" : "get") \(call.file) \(quoted(call.kind)) \(call.command)"
        }.joined(separator: "\n")
    }

    private func quoted(_ text: String) -> String { text.contains(" ") ? "'\(text)'" : text }
}
