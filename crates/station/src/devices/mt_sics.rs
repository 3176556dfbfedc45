//! Balances that speak MT-SICS, the Mettler Toledo Standard Interface Command Set, of which level 0 is enough.
//!
//! Commands and answers are lines of ASCII that end with CR LF. `I4` asks for the serial number, `S` for the weight once
//! it is stable. `@`, which resets the interface, is not sent: it would clear the tare that the operator has set.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use viruj_domain::{decimal::ExactDecimal, unit::Unit};

use super::{Device, DeviceError, Told};

pub(super) struct MtSics<L> {
    line: BufReader<L>,
}

/// Longer lines are no answers of a balance.
const LONGEST_LINE: u64 = 120;
/// Lines that may come before the answer: weights that somebody sent by the key of the balance.
const MOST_STRAY_LINES: usize = 20;

impl<L: AsyncRead + AsyncWrite + Unpin + Send> MtSics<L> {
    pub(super) fn over(line: L) -> Self {
        Self { line: BufReader::new(line) }
    }

    async fn send(&mut self, command: &str) -> Result<(), DeviceError> {
        let line = format!("{command}\r\n");
        self.line.write_all(line.as_bytes()).await.map_err(DeviceError::Unreachable)?;
        self.line.flush().await.map_err(DeviceError::Unreachable)
    }

    async fn answer(&mut self) -> Result<String, DeviceError> {
        let mut bytes = Vec::new();
        (&mut self.line).take(LONGEST_LINE).read_until(b'\n', &mut bytes).await.map_err(DeviceError::Unreachable)?;
        let shown = String::from_utf8_lossy(&bytes).trim().to_owned();
        match bytes.last() {
            // The line was closed, in the middle of an answer or before it.
            None => Err(DeviceError::Silent),
            Some(b'\n') if shown.chars().all(|c| c.is_ascii_graphic() || c == ' ') => Ok(shown),
            Some(_) => Err(DeviceError::Unreadable(shown.chars().filter(|c| !c.is_control()).collect())),
        }
    }

    async fn serial_number(&mut self) -> Result<String, DeviceError> {
        self.send("I4").await?;
        for _ in 0..MOST_STRAY_LINES {
            let answer = self.answer().await?;
            if is_error(&answer) {
                return Err(DeviceError::Unreadable(answer));
            }
            let Some(told) = answer.strip_prefix("I4 ") else { continue };
            let quoted = told.strip_prefix("A ").map(|text| text.trim().trim_matches('"').trim());
            return match quoted.filter(|number| !number.is_empty()) {
                Some(number) => Ok(number.to_owned()),
                None => Err(DeviceError::Unreadable(answer)),
            };
        }
        Err(DeviceError::Silent)
    }
}

impl<L: AsyncRead + AsyncWrite + Unpin + Send> Device for MtSics<L> {
    async fn read(&mut self) -> Result<Told, DeviceError> {
        let serial_number = self.serial_number().await?;
        self.send("S").await?;
        let line = self.answer().await?;
        let (value, unit) = weight(&line)?;
        Ok(Told { serial_number, value, unit, line })
    }
}

/// Syntax, transmission and logical error.
fn is_error(answer: &str) -> bool {
    matches!(answer, "ES" | "ET" | "EL")
}

/// The weight of an answer to `S`.
fn weight(answer: &str) -> Result<(ExactDecimal, Unit), DeviceError> {
    let unreadable = || DeviceError::Unreadable(answer.to_owned());
    let words: Vec<&str> = answer.split_ascii_whitespace().collect();
    match words[..] {
        ["S", "S", value, unit] => {
            let unit = match unit {
                "kg" => Unit::Kilogram,
                "g" => Unit::Gram,
                "mg" => Unit::Milligram,
                other => return Err(DeviceError::UnitUnknown(other.to_owned())),
            };
            Ok((ExactDecimal::parse(value).map_err(|_| unreadable())?, unit))
        }
        ["S", "I" | "D", ..] => Err(DeviceError::Unstable),
        ["S", "+"] => Err(DeviceError::Overloaded),
        ["S", "-"] => Err(DeviceError::Underloaded),
        _ => Err(unreadable()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    #[test]
    fn answers_are_read_as_the_balance_means_them() {
        let read = |answer: &str| weight(answer).map(|(value, unit)| format!("{value} {}", unit.symbol()));
        assert_eq!(read("S S     100.00 g").unwrap(), "100.00 g");
        assert_eq!(read("S S      -0.02 g").unwrap(), "-0.02 g");
        assert_eq!(read("S S      12.340 kg").unwrap(), "12.340 kg");
        for (answer, code) in [
            ("S I", "device_unstable"),
            ("S D      99.8 g", "device_unstable"),
            ("S +", "device_overloaded"),
            ("S -", "device_underloaded"),
            ("S S      3.527 oz", "device_unit_unknown"),
            ("S S      100.00", "device_unreadable"),
            ("S S      1e2 g", "device_unreadable"),
            ("ES", "device_unreadable"),
            ("", "device_unreadable"),
        ] {
            assert_eq!(read(answer).unwrap_err().code(), code, "{answer:?}");
        }
    }

    async fn told(answers: &[u8]) -> Result<Told, DeviceError> {
        let (station, mut balance) = duplex(1024);
        balance.write_all(answers).await.unwrap();
        balance.shutdown().await.unwrap();
        MtSics::over(station).read().await
    }

    #[tokio::test]
    async fn a_weight_comes_with_the_serial_number_whatever_was_sent_before() {
        let told = told(b"S S      1.00 g\r\nI4 A \"B021002593\"\r\nS S     250.10 g\r\n").await.unwrap();
        assert_eq!((told.serial_number.as_str(), told.line.as_str()), ("B021002593", "S S     250.10 g"));
        assert_eq!((told.value.to_string().as_str(), told.unit), ("250.10", Unit::Gram));
    }

    #[tokio::test]
    async fn a_broken_answer_is_no_weight() {
        for (answers, code) in [
            (&b""[..], "device_silent"),
            (b"I4 A \"B021002593\"\r\n", "device_silent"),
            (b"I4 A \"B021002593\"\r\nS S     250.1", "device_unreadable"),
            (b"I4 A \"\"\r\nS S 1.0 g\r\n", "device_unreadable"),
            (b"I4 I\r\n", "device_unreadable"),
            (b"ES\r\n", "device_unreadable"),
            (b"I4 A \"B021002593\"\r\nS S  2\xff0.1 g\r\n", "device_unreadable"),
        ] {
            assert_eq!(told(answers).await.unwrap_err().code(), code, "{}", String::from_utf8_lossy(answers));
        }
        let endless = [b'x'; 500];
        assert_eq!(told(&endless).await.unwrap_err().code(), "device_unreadable");
    }
}
