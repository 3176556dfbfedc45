//! Under whose name PostgreSQL runs. It refuses to run as root, and rightly so.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::error::ClusterError;

/// The system account that owns the clusters of stations that were started by root.
pub(crate) const ACCOUNT: &str = "viruj-station";

/// Part of util-linux, hence of every Debian and Ubuntu.
const SETPRIV: &str = "/usr/bin/setpriv";

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The person's own name where that is another account.
    pub(crate) owner: String,
}

impl Account {
    /// The account of this process, or the unprivileged one if this process is root.
    pub(crate) fn choose() -> Result<Self, ClusterError> {
        let uid = rustix::process::geteuid().as_raw();
        let own = look_up(&uid.to_string()).ok_or_else(|| ClusterError::NoAccount {
            detail: format!("user id {uid} has no entry in the user database"),
        })?;
        if uid != 0 {
            return Ok(own);
        }
        let unprivileged = unprivileged()?;
        Ok(Self { owner: own.name, ..unprivileged })
    }

    pub(crate) fn differs_from_owner(&self) -> bool {
        self.name != self.owner
    }

    /// A command that runs under this account, with nothing of the caller's environment.
    ///
    /// `dies_with_us` lets the kernel interrupt PostgreSQL, that is shut it down fast, when the thread that starts it ends.
    /// The wish is set by `setpriv` since `prctl` between fork and exec would be unsafe code,
    /// and it is set after the change of account, which would clear it.
    pub(crate) fn command(&self, program: &Path, dies_with_us: bool) -> Command {
        let drops = self.differs_from_owner();
        let mut command = if Path::new(SETPRIV).exists() && (drops || dies_with_us) {
            let mut command = Command::new(SETPRIV);
            if dies_with_us {
                command.args(["--pdeathsig", "INT"]);
            }
            if drops {
                command.args(["--reuid", &self.uid.to_string()]);
                command.args(["--regid", &self.gid.to_string(), "--init-groups"]);
            }
            command.arg("--").arg(program);
            command
        } else {
            let mut command = Command::new(program);
            if drops {
                command.uid(self.uid).gid(self.gid);
            }
            command
        };
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C").env("TZ", "UTC");
        command
    }
}

fn unprivileged() -> Result<Account, ClusterError> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(account) = look_up(ACCOUNT) {
            return Ok(account);
        }
        // Two stations may do this at once, and the user database is locked meanwhile: look again before giving up.
        let refusal = add_account();
        if look_up(ACCOUNT).is_none() && Instant::now() > deadline {
            return Err(ClusterError::NoAccount {
                detail: refusal.unwrap_or_else(|| format!("no account {ACCOUNT} after useradd")),
            });
        }
        crate::pause::before_looking_again(Duration::from_millis(100));
    }
}

/// Returns what went wrong, if anything did.
fn add_account() -> Option<String> {
    let output = Command::new("/usr/sbin/useradd")
        .args(["--system", "--user-group", "--no-create-home"])
        .args(["--home-dir", "/var/lib/viruj-station"])
        .args(["--shell", "/usr/sbin/nologin", ACCOUNT])
        .output();
    match output {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(format!("useradd: {error}")),
    }
}

/// `getent` asks every source of accounts that the machine has, not only `/etc/passwd`.
fn look_up(name_or_uid: &str) -> Option<Account> {
    let output = Command::new("getent").args([OsStr::new("passwd"), OsStr::new(name_or_uid)]).output().ok()?;
    parse_entry(String::from_utf8_lossy(&output.stdout).lines().next()?)
}

fn parse_entry(line: &str) -> Option<Account> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(Account { owner: name.clone(), name, uid, gid })
}

#[cfg(test)]
mod tests {
    use super::parse_entry;

    #[test]
    fn entries_of_the_user_database_are_read() {
        let entry = parse_entry("viruj-station:x:998:997::/var/lib/viruj-station:/bin/false");
        assert_eq!(entry.map(|entry| (entry.name, entry.uid, entry.gid)), Some(("viruj-station".to_owned(), 998, 997)));
        assert!(parse_entry("").is_none());
    }
}
