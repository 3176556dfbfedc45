//! Devices that values are read from.
//!
//! A value is read over a connection of its own, so that a cable that was pulled, or a device that was switched off, is
//! found at the next reading and not before, and never spoils two.

mod address;
mod mt_sics;

use std::{io, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use viruj_domain::{decimal::ExactDecimal, device::DeviceClass, unit::Unit};

pub(crate) use self::address::Address;
use self::mt_sics::MtSics;

/// What a device told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub serial_number: String,
    pub value: ExactDecimal,
    pub unit: Unit,
    /// The line that was received, without its end.
    pub line: String,
}

/// Why a device gave no value; nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error("the address is neither tcp://host:port nor serial: and the name of a line")]
    AddressInvalid,
    #[error("the device cannot be reached: {0}")]
    Unreachable(#[source] io::Error),
    #[error("the device does not answer")]
    Silent,
    #[error("the device has not come to rest")]
    Unstable,
    #[error("the load is too great for the device")]
    Overloaded,
    #[error("the load is too small for the device")]
    Underloaded,
    #[error("the device measures in {0}, which is not recorded here")]
    UnitUnknown(String),
    #[error("the device's answer cannot be read: {0}")]
    Unreadable(String),
}

impl DeviceError {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AddressInvalid => "device_address_invalid",
            Self::Unreachable(_) => "device_unreachable",
            Self::Silent => "device_silent",
            Self::Unstable => "device_unstable",
            Self::Overloaded => "device_overloaded",
            Self::Underloaded => "device_underloaded",
            Self::UnitUnknown(_) => "device_unit_unknown",
            Self::Unreadable(_) => "device_unreadable",
        }
    }
}

/// Something that measures.
pub(crate) trait Device {
    /// One value, once the device has come to rest.
    ///
    /// # Errors
    /// What the device says instead of a value.
    fn read(&mut self) -> impl Future<Output = Result<Told, DeviceError>> + Send;
}

const CONNECTING: Duration = Duration::from_secs(3);
/// Longer than a balance waits for rest before it gives up by itself.
const READING: Duration = Duration::from_secs(15);

/// Reads one value from the device of this class at the address.
///
/// # Errors
/// [`DeviceError`], [`DeviceError::Silent`] after 15 seconds among them.
pub(crate) async fn read(class: DeviceClass, address: &Address) -> Result<Told, DeviceError> {
    let line = timeout(CONNECTING, connect(address)).await.map_err(|_| DeviceError::Unreachable(no_connection()))??;
    let reading = async {
        match class {
            DeviceClass::Balance => MtSics::over(line).read().await,
        }
    };
    timeout(READING, reading).await.map_err(|_| DeviceError::Silent)?
}

fn no_connection() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no connection within three seconds")
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

async fn connect(address: &Address) -> Result<Box<dyn Line>, DeviceError> {
    match address {
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(DeviceError::Unreachable)?;
            Ok(Box::new(stream))
        }
        Address::Serial { path, baud } => {
            let line = serial2_tokio::SerialPort::open(path, *baud).map_err(DeviceError::Unreachable)?;
            // What the device sent while nobody listened is no answer.
            line.discard_buffers().map_err(DeviceError::Unreachable)?;
            Ok(Box::new(line))
        }
    }
}
