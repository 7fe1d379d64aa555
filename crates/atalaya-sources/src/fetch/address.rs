//! Which addresses may be connected to: public ones, and no others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use atalaya_kernel::{Both, Exit, Problem, both};

/// IPv4 ranges that are not public: first address, bits.
const CLOSED_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Carrier-grade NAT.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, with the metadata services of clouds.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast.
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Parts of 2000::/3 that lead elsewhere: Teredo and protocols, documentation, 6to4.
const CLOSED_V6: [([u16; 2], u32); 4] = [([0x2001, 0], 23), ([0x2001, 0x0db8], 32), ([0x2002, 0], 16), ([0x3fff, 0], 20)];

/// Whether an address may be connected to.
///
/// # Errors
/// `fetch-address` with the address and the host that led there.
pub fn check_address(address: IpAddr, host: &str) -> Result<(), Problem> {
    let open = match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    };
    if open {
        return Ok(());
    }
    Err(Problem::new(
        "fetch-address",
        host,
        both!("the name leads to {address}, which is not a public address", "el nombre lleva a {address}, que no es una dirección pública"),
        Both::new(
            "nothing was sent; copy the file and collect it with --from FILE",
            "no se envió nada; copie el archivo y recójalo con --from ARCHIVO",
        ),
    )
    .exits(Exit::Refused))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !CLOSED_V4.iter().any(|(first, width)| (bits ^ u32::from_be_bytes(*first)) >> (32 - width) == 0)
}

/// Global unicast (2000::/3) only: an address that holds an IPv4 one (`::ffff:127.0.0.1`,
/// `64:ff9b::`), loopback, link-local, unique local and multicast all lie outside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let bits = u32::from(segments[0]) << 16 | u32::from(segments[1]);
    let closed = CLOSED_V6.iter().any(|([high, low], width)| (bits ^ (u32::from(*high) << 16 | u32::from(*low))) >> (32 - width) == 0);
    segments[0] >> 13 == 1 && !closed
}
