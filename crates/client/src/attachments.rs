//! Files and photos that entries of a batch name.

use http::Method;
use viruj_domain::ids::BatchId;

use crate::{
    Client,
    client::{Answer, escaped},
};

impl Client {
    /// Gives the server the file; sent again, nothing changes.
    pub async fn give_attachment(
        &self,
        access_token: &str,
        batch: &BatchId,
        sha256: &str,
        content: Vec<u8>,
    ) -> Answer<()> {
        self.send_file(&path(batch, sha256), access_token, content).await.map(drop)
    }

    /// The file's bytes; whoever asks compares their hash.
    pub async fn attachment(&self, access_token: &str, batch: &BatchId, sha256: &str) -> Answer<Vec<u8>> {
        let path = path(batch, sha256);
        let answer = self.exchange_with(Method::GET, &path, Some(access_token), None::<&()>, &[]).await?;
        Ok(answer.body().to_vec())
    }
}

fn path(batch: &BatchId, sha256: &str) -> String {
    format!("/api/v1/batches/{}/attachments/{}", escaped(batch.as_str()), escaped(sha256))
}
