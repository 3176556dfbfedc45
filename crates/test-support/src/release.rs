//! Packages and whoever builds them.

use std::io::{Cursor, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use minisign::KeyPair;

/// Builds releases with a key of its own.
pub struct Builder(KeyPair);

impl Default for Builder {
    fn default() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().expect("a release"))
    }
}

impl Builder {
    /// As `tauri signer generate` writes a `.pub` file.
    #[must_use]
    pub fn public_key(&self) -> String {
        BASE64_STANDARD.encode(self.0.pk.to_box().expect("a release").to_string())
    }

    /// A `.sig` file as `tauri build` writes it.
    #[must_use]
    pub fn sign(&self, package: &[u8], version: &str) -> String {
        self.sign_with(package, &format!("timestamp:1800000000\tfile:station.deb\tversion:{version}"))
    }

    /// With a trusted comment of one's own.
    #[must_use]
    pub fn sign_with(&self, package: &[u8], comment: &str) -> String {
        let signed =
            minisign::sign(Some(&self.0.pk), &self.0.sk, Cursor::new(package), Some(comment), None).expect("a release");
        BASE64_STANDARD.encode(signed.into_string())
    }
}

/// A Debian package that installs one file.
#[must_use]
pub fn package(name: &str, version: &str, architecture: &str) -> Vec<u8> {
    let control = format!(
        "Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: Viruj <station@viruj.example>\n\
         Description: station\n of the tests\n"
    );
    let payload = format!("{name} {version}\n");
    let mut archive = ar::Builder::new(Vec::new());
    let members = [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", packed("./control", control.as_bytes())),
        ("data.tar.gz", packed("./usr/share/viruj-station/release", payload.as_bytes())),
    ];
    for (member, content) in members {
        let mut header = ar::Header::new(member.as_bytes().to_vec(), content.len() as u64);
        header.set_mode(0o100_644);
        archive.append(&header, content.as_slice()).expect("a release");
    }
    archive.into_inner().expect("a release")
}

fn packed(path: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, path, content).expect("a release");
    let mut packed = archive.into_inner().expect("a release");
    packed.flush().expect("a release");
    packed.finish().expect("a release")
}
