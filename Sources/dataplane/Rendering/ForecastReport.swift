import Cluster
import IPAddresses

/// How many more pods each subnet takes, for people and as JSON.
enum ForecastReport {
    static func text(_ forecasts: [Forecast]) -> [String] {
        let head = ["subnet", "for", "more pods", "on nodes there", "more nodes", "pods a node", "exhausted first"]
        return TextTable.lines(
            [head]
                + forecasts.map { forecast in
                    [
                        forecast.subnetID, forecast.kind.rawValue, "\(forecast.morePods)", "\(forecast.podsOnNodes)",
                        "\(forecast.moreNodes)", "\(forecast.podsPerNode)",
                        "\(forecast.exhausted) (free: \(free(forecast)))",
                    ]
                })
    }

    private static func free(_ forecast: Forecast) -> String {
        let ipv4 = forecast.freeIPv4.map { "\($0)" } ?? "unknown"
        return "\(ipv4) IPv4 addresses, "
            + (forecast.kind == .nodes ? "\(forecast.freeIPv6) /80s" : "more IPv6 addresses than can be counted here")
    }

    static func json(_ forecasts: [Forecast]) -> JSON {
        .object([
            (
                "forecast",
                .array(
                    forecasts.map { forecast in
                        .object([
                            ("subnet", .string(forecast.subnetID)), ("kind", .string(forecast.kind.rawValue)),
                            ("morePods", .integer(forecast.morePods)),
                            ("podsOnNodes", .integer(forecast.podsOnNodes)),
                            ("moreNodes", .integer(forecast.moreNodes)),
                            ("podsPerNode", .integer(forecast.podsPerNode)),
                            ("exhausted", .string(forecast.exhausted.rawValue)),
                            ("freeIpv4", forecast.freeIPv4.map { .integer($0) }),
                            (
                                "freeIpv6Prefixes",
                                forecast.kind == .nodes ? .integer(forecast.freeIPv6) : nil
                            ),
                        ])
                    })
            )
        ])
    }
}
