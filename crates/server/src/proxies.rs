//! Which proxies are believed when they say whom they speak for.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// `TRUSTED_PROXIES`: addresses and networks of proxies that write `X-Forwarded-For` themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// The text is no list of addresses and networks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network, for example 10.0.0.5 or 10.0.0.0/24")]
pub struct NotAnAddress(pub String);

const HEADER: &str = "x-forwarded-for";

impl TrustedProxies {
    /// Reads addresses and networks that commas separate.
    ///
    /// # Errors
    /// [`NotAnAddress`] names the first that is none; a network of everybody is none either.
    pub fn read(text: &str) -> Result<Self, NotAnAddress> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let networks = parts.map(|part| {
            let network = part.parse::<IpNet>().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from));
            network.filter(|network| network.prefix_len() > 0).ok_or_else(|| NotAnAddress(part.to_owned()))
        });
        Ok(Self(networks.collect::<Result<_, _>>()?))
    }

    /// Who asks: the other end of the connection, and behind trusted proxies the nearest address that is none of theirs.
    ///
    /// A client writes whatever it likes at the front of the header, so it is read from its end.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.to_canonical();
        let values: Vec<&str> = headers.get_all(HEADER).iter().filter_map(|value| value.to_str().ok()).collect();
        for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
            if !self.trusts(nearest) {
                break;
            }
            // Whoever wrote this is trusted and did not write an address: nobody behind it is known.
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            nearest = address.to_canonical();
        }
        nearest
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(HEADER, value.parse().unwrap());
        }
        TrustedProxies::read(proxies).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn sec_12_only_a_trusted_proxy_is_believed() {
        assert_eq!(client("", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.5", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.5", "10.0.0.5", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.5", "::ffff:10.0.0.5", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.5", "10.0.0.5", &[]), "10.0.0.5");
    }

    #[test]
    fn sec_12_what_the_client_wrote_itself_counts_for_nothing() {
        assert_eq!(client("10.0.0.0/24", "10.0.0.5", &["1.1.1.1, 198.51.100.1, 10.0.0.7"]), "198.51.100.1");
        assert_eq!(client("10.0.0.0/24", "10.0.0.5", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.0/24", "10.0.0.5", &["198.51.100.1, unknown"]), "10.0.0.5");
        assert_eq!(client("10.0.0.0/24", "10.0.0.5", &["10.0.0.9"]), "10.0.0.9");
    }

    #[test]
    fn what_is_no_address_is_named() {
        for wrong in ["proxy", "10.0.0.0/33", "0.0.0.0/0", "::/0"] {
            assert_eq!(TrustedProxies::read(wrong), Err(NotAnAddress(wrong.to_owned())));
        }
        assert_eq!(TrustedProxies::read(" , ").unwrap(), TrustedProxies::default());
    }
}
