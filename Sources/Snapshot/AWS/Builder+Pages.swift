import Cluster

/// Output that was cut off: what is on the other pages would be missing without a word.
///
///     {"NetworkAcls": […], "NextToken": "eyJ…"}    --max-items, --no-paginate: refused
///     - {NetworkAcls: […], NextToken: eyJ…}        a page of `--output yaml-stream`, which the next one goes on with
///     - {NetworkAcls: […]}                         the last one, without a token: all is there
///
/// AWS CLI User Guide, “Using the pagination options in the AWS CLI” and “Setting the output format in the AWS CLI”.
extension SnapshotBuilder {
    /// What a page says that others follow with: the CLI's own token and EC2's, EKS's, Elastic Load Balancing's, Route
    /// 53's.
    private static let tokens = ["NextToken", "nextToken", "NextMarker", "Marker", "NextRecordName", "IsTruncated"]

    /// Keys that stand beside others and mean nothing by themselves.
    static let companions = Set([
        "TargetGroupArn", "LoadBalancerArn", "ListenerArn", "PrefixListId", "VpcId", "TransitGatewayRouteTableId",
        "ResponseMetadata", "AdditionalRoutesAvailable", "MaxItems", "NextRecordType", "NextRecordIdentifier",
    ]).union(tokens)

    /// Takes the pages of `--output yaml-stream`, or the elements that `--query` leaves.
    mutating func addPages(_ pages: [Cursor]) throws(SnapshotError) {
        for (index, page) in pages.enumerated() {
            if index + 1 == pages.count || !Self.continues(page, pages[index + 1]) { try refusePage(page) }
            try add(page, isWhole: true)
        }
    }

    /// Refuses a page that another one has to follow. Takes O(members).
    func refusePage(_ cursor: Cursor) throws(SnapshotError) {
        for key in Self.tokens {
            guard let token = cursor[key], token.tells else { continue }
            let list = cursor.memberNames.lazy.compactMap(Inventory.Kind.init(rawValue:)).first
            throw SnapshotError(
                file: cursor.path.file, path: token.path.text, value: token.document.summary,
                reason: "the file holds only one page of the output, and others follow; collect it again "
                    + (list.map { "(\($0.command)) " } ?? "")
                    + "without --max-items, --starting-token and --no-paginate")
        }
    }

    /// Whether a page goes on with the list of the one before it.
    private static func continues(_ page: Cursor, _ next: Cursor) -> Bool {
        let lists = Set(page.memberNames).subtracting(companions)
        return next.memberNames.contains { lists.contains($0) }
    }
}

extension Cursor {
    /// Whether it is a token, or true: a text or a number, and not empty.
    fileprivate var tells: Bool {
        switch document {
        case .string(let text), .number(let text): !text.isEmpty && text != "false"
        case .bool(let value): value
        default: false
        }
    }

    /// The names of an object's members; none of anything else.
    fileprivate var memberNames: [String] {
        guard case .object(let members) = document else { return [] }
        return members.map(\.key)
    }
}
