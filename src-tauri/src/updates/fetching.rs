//! A package on its way here: what has come stays when the connection is lost, and the rest is asked for.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tauri_plugin_updater::Update;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use viruj_api::releases::OfferedUpdate;
use viruj_station_core::{StationCore, StationError};

/// More than any request line and header of the plugin.
const LARGEST_REQUEST: usize = 16 * 1024;

/// A package's file in the data folder.
pub struct Fetched {
    file: PathBuf,
    sha256: String,
    size: u64,
}

impl Fetched {
    /// The file of the offer. What was begun of another one is removed.
    pub fn open(folder: &Path, offer: &OfferedUpdate) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let name = format!("{}.deb", offer.sha256);
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|extension| extension == "deb") && entry.file_name() != *name {
                fs::remove_file(entry.path())?;
            }
        }
        let size = u64::try_from(offer.size_bytes).unwrap_or_default();
        Ok(Self { file: folder.join(name), sha256: offer.sha256.clone(), size })
    }

    pub fn path(&self) -> &Path {
        &self.file
    }

    pub fn remove(&self) -> io::Result<()> {
        fs::remove_file(&self.file)
    }

    /// Fetches what is missing; `at` is told how much there is, in percent.
    ///
    /// # Errors
    /// The connection, the server or the disk; what has come is kept.
    pub async fn fetch(&self, core: &StationCore, token: &str, mut at: impl FnMut(u8)) -> Result<(), super::Hitch> {
        let mut have = fs::metadata(&self.file).map_or(0, |known| known.len());
        if have > self.size {
            self.remove()?;
            have = 0;
        }
        if have == self.size {
            return Ok(());
        }
        let Some(mut stream) = core.fetch_package(token, &self.sha256, have).await? else { return Ok(()) };
        let mut file = fs::OpenOptions::new().create(true).append(true).open(&self.file)?;
        if stream.starts_at != have {
            file.set_len(0)?;
            have = 0;
        }
        while let Some(piece) = stream.next().await.map_err(StationError::from)? {
            file.write_all(&piece)?;
            have += piece.len() as u64;
            at(u8::try_from(have.saturating_mul(100) / self.size.max(1)).unwrap_or(100).min(100));
        }
        file.sync_all()?;
        Ok(())
    }

    /// Lets the plugin verify what has come. It reads packages from the network alone, so it is given this one over the
    /// machine's own.
    ///
    /// # Errors
    /// What the plugin says of the signature, the file or the version.
    pub async fn verify(&self, update: &Update) -> Result<(), super::Hitch> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut own = update.clone();
        let address = format!("http://{}/package", listener.local_addr()?);
        own.download_url = address.parse().map_err(|_| super::Hitch::Address(address))?;
        // The station's token is for the plant server.
        own.headers.remove("authorization");
        let file = self.file.clone();
        let serving = tokio::spawn(async move {
            // Whoever else knocks is given the same: the package is no secret.
            loop {
                if let Err(error) = serve(&listener, &file).await {
                    tracing::debug!(%error, "the package was not read to its end");
                }
            }
        });
        let verified = own.download(|_, _| (), || ()).await;
        serving.abort();
        verified.map(drop).map_err(Into::into)
    }
}

async fn serve(listener: &TcpListener, file: &Path) -> io::Result<()> {
    let (mut stream, _) = listener.accept().await?;
    read_request(&mut stream).await?;
    let mut content = tokio::fs::File::from_std(File::open(file)?);
    let length = content.metadata().await?.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    tokio::io::copy(&mut content, &mut stream).await?;
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> io::Result<()> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") && read.len() < LARGEST_REQUEST {
        read.push(stream.read_u8().await?);
    }
    Ok(())
}
