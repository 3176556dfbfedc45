//! A real mail server for tests: Debian's aiosmtpd, whose messages are handed on as they arrive.

use std::process::Stdio;

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// What the server took.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
}

/// A running mail server; it ends when it is dropped.
pub struct MailSink {
    /// For `SMTP_URL`.
    pub url: String,
    lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl MailSink {
    /// # Panics
    /// When Python or aiosmtpd is not there.
    pub async fn start() -> Self {
        // The system's own Python has the Debian package; another one on the path has not.
        let mut process = Command::new("/usr/bin/python3")
            .args(["-c", include_str!("mail_sink.py")])
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the system has a Python");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let port = lines.next_line().await.expect("its output").expect("aiosmtpd, of the package python3-aiosmtpd");
        Self { url: format!("smtp://127.0.0.1:{port}"), lines, _process: process }
    }

    /// Waits for the next message.
    ///
    /// # Panics
    /// When the server ends or no message comes within a quarter of a minute.
    pub async fn next(&mut self) -> Message {
        let line = tokio::time::timeout(std::time::Duration::from_secs(15), self.lines.next_line());
        let line = line.await.expect("a message comes").expect("its output").expect("the mail server runs");
        serde_json::from_str(&line).expect("a message")
    }
}
