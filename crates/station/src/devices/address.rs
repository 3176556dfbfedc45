//! Where a device is.

use std::str::FromStr;

use super::DeviceError;

/// A TCP port, or a serial line with eight data bits, no parity and one stop bit, as balances are delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp { host: String, port: u16 },
    Serial { path: String, baud: u32 },
}

/// What balances are delivered with.
const USUAL_BAUD: u32 = 9600;
const BAUDS: std::ops::RangeInclusive<u32> = 300..=921_600;

impl FromStr for Address {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let is_plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_control() || c.is_whitespace());
        if let Some(rest) = text.strip_prefix("tcp://") {
            let (host, port) = rest.rsplit_once(':').ok_or(DeviceError::AddressInvalid)?;
            let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
            let port: u16 = port.parse().map_err(|_| DeviceError::AddressInvalid)?;
            if port == 0 || !is_plain(host) || host.contains('/') {
                return Err(DeviceError::AddressInvalid);
            }
            return Ok(Self::Tcp { host: host.to_owned(), port });
        }
        let rest = text.strip_prefix("serial:").ok_or(DeviceError::AddressInvalid)?;
        let (path, baud) = match rest.split_once("?baud=") {
            Some((path, baud)) => (path, baud.parse().map_err(|_| DeviceError::AddressInvalid)?),
            None => (rest, USUAL_BAUD),
        };
        // `serial:///dev/ttyUSB0` is meant as well.
        let path = path.strip_prefix("//").unwrap_or(path);
        if !is_plain(path) || !BAUDS.contains(&baud) {
            return Err(DeviceError::AddressInvalid);
        }
        Ok(Self::Serial { path: path.to_owned(), baud })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_port_or_a_line() {
        let tcp = |host: &str, port| Address::Tcp { host: host.into(), port };
        let serial = |path: &str, baud| Address::Serial { path: path.into(), baud };
        for (text, address) in [
            ("tcp://10.0.4.17:8001", tcp("10.0.4.17", 8001)),
            (" tcp://balance-2.plant.example:4001 ", tcp("balance-2.plant.example", 4001)),
            ("tcp://[fd00::17]:8001", tcp("fd00::17", 8001)),
            ("serial:/dev/ttyUSB0", serial("/dev/ttyUSB0", 9600)),
            ("serial:///dev/ttyS1?baud=19200", serial("/dev/ttyS1", 19200)),
            ("serial:COM3?baud=2400", serial("COM3", 2400)),
        ] {
            assert_eq!(text.parse::<Address>().unwrap(), address, "{text}");
        }
        for text in [
            "",
            "10.0.4.17:8001",
            "tcp://10.0.4.17",
            "tcp://:8001",
            "tcp://host:0",
            "tcp://host:70000",
            "tcp://host/path:80",
            "serial:",
            "serial:/dev/ttyUSB0?baud=fast",
            "serial:/dev/ttyUSB0?baud=1",
            "http://10.0.4.17:80",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
