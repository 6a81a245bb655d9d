//! Addresses where clouds hand out credentials, in every spelling.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Metadata services outside the IPv4 link-local range, which is denied as a whole because AWS alone
/// uses 169.254.169.254 (EC2), 169.254.170.2 (ECS) and 169.254.170.23 (EKS).
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200), // Alibaba Cloud
    Ipv4Addr::new(168, 63, 129, 16),   // Azure
    Ipv4Addr::new(192, 0, 0, 192),     // Oracle Cloud
];

/// The first segments of the IPv6 networks in which metadata services live: `fd00:ec2::/32` (AWS: EC2
/// and EKS) and `fd20:ce::/32` (Google Cloud).
const METADATA_V6_NETWORKS: [[u16; 2]; 2] = [[0xfd00, 0x0ec2], [0xfd20, 0x00ce]];

/// The IPv4 address behind an IPv6 spelling of it (mapped, compatible, NAT64, 6to4), else the address
/// itself.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    embedded_v4(v6).map_or(address, IpAddr::V4)
}

fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, rest] => low(high, rest),
        // `::` and `::1` are addresses of their own.
        [0, 0, 0, 0, 0, 0, high, rest] if high != 0 => low(high, rest),
        [0x64, 0xff9b, 0, 0, 0, 0, high, rest] => low(high, rest),
        [0x2002, high, rest, ..] => low(high, rest),
        _ => None,
    }
}

/// Whether clouds hand out credentials or machine data at `address`.
pub fn is_metadata_address(address: IpAddr) -> bool {
    match canonical(address) {
        IpAddr::V4(v4) => v4.is_link_local() || METADATA_V4.contains(&v4),
        IpAddr::V6(v6) => {
            let segments = v6.segments();
            METADATA_V6_NETWORKS.contains(&[segments[0], segments[1]]) || is_link_local_metadata(segments)
        }
    }
}

/// `fe80::a9fe:a9fe`, which OpenStack uses.
fn is_link_local_metadata(segments: [u16; 8]) -> bool {
    segments[0] == 0xfe80 && segments[6..] == [0xa9fe, 0xa9fe]
}
